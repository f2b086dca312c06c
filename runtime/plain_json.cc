#include "runtime/plain_json.h"

#include <charconv>
#include <cstdint>
#include <utility>

namespace filibuster {
namespace {

// By character.
struct PlainTable {
  bool plain[256] = {};

  constexpr PlainTable() {
    for (int c = ' '; c <= '~'; ++c) plain[c] = c != '"' && c != '\\';
  }
};
constexpr PlainTable kTable;

}  // namespace

size_t PlainPrefix(std::string_view text) {
  size_t size = 0;
  while (size < text.size() && kTable.plain[static_cast<unsigned char>(text[size])]) ++size;
  return size;
}

void PlainJsonReader::SkipSpace() {
  while (!rest_.empty() &&
         (rest_[0] == ' ' || rest_[0] == '\n' || rest_[0] == '\r' || rest_[0] == '\t')) {
    rest_.remove_prefix(1);
  }
}

bool PlainJsonReader::AtEnd() {
  SkipSpace();
  return rest_.empty();
}

bool PlainJsonReader::Take(char mark) {
  SkipSpace();
  if (rest_.empty() || rest_[0] != mark) return false;
  rest_.remove_prefix(1);
  return true;
}

bool PlainJsonReader::TakeName(std::string_view* name) {
  if (!Take('"')) return false;
  const size_t size = PlainPrefix(rest_);
  *name = rest_.substr(0, size);
  if (size == rest_.size() || rest_[size] != '"') return false;
  rest_.remove_prefix(size + 1);
  return true;
}

bool PlainJsonReader::TakeString(std::string* text) {
  if (!Take('"')) return false;
  text->clear();
  while (true) {
    const size_t size = PlainPrefix(rest_);
    text->append(rest_.substr(0, size));
    rest_.remove_prefix(size);
    if (rest_.empty()) return false;
    if (rest_[0] == '"') break;
    if (rest_[0] != '\\' || rest_.size() < 2 || (rest_[1] != '"' && rest_[1] != '\\')) return false;
    text->push_back(rest_[1]);
    rest_.remove_prefix(2);
  }
  rest_.remove_prefix(1);
  return true;
}

bool PlainJsonReader::TakeCount(int* count) {
  SkipSpace();
  const char* const begin = rest_.data();
  const auto [end, failed] = std::from_chars(begin, begin + rest_.size(), *count);
  const auto size = static_cast<size_t>(end - begin);
  if (failed != std::errc() || *begin == '-' || (*begin == '0' && size > 1)) return false;
  rest_.remove_prefix(size);
  return rest_.empty() || (rest_[0] != '.' && rest_[0] != 'e' && rest_[0] != 'E');
}

bool PlainJsonReader::TakeClock(VectorClock* clock) {
  clock->clear();
  return TakeObject(
      [&](std::string_view service) { return TakeCount(&(*clock)[std::string(service)]); });
}

bool PlainJsonReader::TakeWord(std::string_view word) {
  if (rest_.substr(0, word.size()) != word) return false;
  rest_.remove_prefix(word.size());
  return true;
}

bool PlainJsonReader::TakeValue(Json* value, int depth) {
  SkipSpace();
  if (rest_.empty() || depth == 0) return false;
  switch (rest_[0]) {
    case '"': {
      *value = std::string();
      return TakeString(value->get_ptr<std::string*>());
    }
    case '{':
      *value = Json::object();
      return TakeObject(
          [&](std::string_view key) { return TakeValue(&(*value)[std::string(key)], depth - 1); });
    case '[':
      *value = Json::array();
      return TakeArray([&] { return TakeValue(&value->emplace_back(), depth - 1); });
    case 't':
      *value = true;
      return TakeWord("true");
    case 'f':
      *value = false;
      return TakeWord("false");
    case 'n':
      *value = nullptr;
      return TakeWord("null");
    default: {
      int count = 0;
      if (!TakeCount(&count)) return false;
      *value = static_cast<std::uint64_t>(count);  // as a JSON library has it
      return true;
    }
  }
}

}  // namespace filibuster
