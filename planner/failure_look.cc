#include "planner/failure_look.h"

#include <cctype>
#include <vector>

#include "planner/words.h"

namespace filibuster {
namespace {

bool IsDigit(char c) { return std::isdigit(static_cast<unsigned char>(c)) != 0; }
bool IsOfName(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '.' || c == '/' ||
         c == '-' || c == '+';
}

// "at ./foo_test.cc:12: Failure" => "./foo_test.cc:12 "; an address, 127.0.0.1:5000, is no place.
std::string Places(std::string_view output) {
  std::string places;
  for (size_t colon = output.find(':'); colon != output.npos; colon = output.find(':', colon + 1)) {
    size_t begin = colon;
    while (begin > 0 && IsOfName(output[begin - 1])) --begin;
    const std::string_view name = output.substr(begin, colon - begin);
    const size_t dot = name.rfind('.');
    if (dot == name.npos || dot + 1 == name.size() || IsDigit(name[dot + 1])) continue;
    size_t end = colon + 1;
    while (end < output.size() && IsDigit(output[end])) ++end;
    if (end == colon + 1) continue;
    places.append(output.substr(begin, end - begin)).append(" ");
  }
  return places;
}

std::string_view LastLine(std::string_view output) {
  const size_t end = output.find_last_not_of(" \r\n");
  if (end == output.npos) return {};
  output = output.substr(0, end + 1);
  return output.substr(output.rfind('\n') + 1);
}

std::string WithoutQuoted(std::string_view line) {
  std::string kept;
  bool quoted = false;
  for (const char c : line) {
    if (c == '"') quoted = !quoted;
    if (c == '"' || !quoted) kept += c;
  }
  return kept;
}

}  // namespace

std::string FailureLook(std::string_view status, std::span<const RequestAnswer> answers,
                        std::string_view output, const CallTable& calls) {
  if (answers.empty()) return {};
  std::string look(status);
  for (const std::string& part :
       {AnswersWords(calls, answers), Places(output), WithoutQuoted(LastLine(output))}) {
    look.append("\n").append(part);
  }
  return look;
}

}  // namespace filibuster
