#include "runtime/execution_index.h"

#include <cstdint>
#include <limits>

#include "runtime/message_text.h"
#include "runtime/plain_json.h"
#include "runtime/protocol.h"

namespace filibuster {
namespace {

// FNV-1a. A terminator after each part keeps ("a", "bc") and ("ab", "c") apart.
class Hash {
 public:
  void Add(std::string_view part) {
    for (const char c : part) AddByte(static_cast<unsigned char>(c));
    AddByte(0);
  }

  std::string Hex() const {
    constexpr char kHex[] = "0123456789abcdef";
    std::string text(16, '0');
    for (size_t i = 0; i < text.size(); ++i) text[i] = kHex[value_ >> (60 - 4 * i) & 15];
    return text;
  }

 private:
  void AddByte(unsigned char byte) { value_ = (value_ ^ byte) * 0x100000001b3U; }

  std::uint64_t value_ = 0xcbf29ce484222325U;
};

std::vector<std::string_view> PathParts(std::string_view path) {
  std::vector<std::string_view> parts;
  parts.reserve(16);
  while (!path.empty()) {
    const size_t slash = path.find('/');
    const std::string_view part = path.substr(0, slash);
    if (part == ".." && !parts.empty()) {
      parts.pop_back();
    } else if (!part.empty() && part != "." && part != "..") {
      parts.push_back(part);
    }
    path.remove_prefix(slash == path.npos ? path.size() : slash + 1);
  }
  return parts;
}

std::optional<ExecutionIndex> ReadPlainIndex(std::string_view text) {
  ExecutionIndex index;
  PlainJsonReader reader(text);
  const bool is_read = reader.TakeArray([&] {
    IndexEntry& entry = index.emplace_back();
    return reader.Take('[') && reader.TakeString(&entry.signature) && reader.Take(',') &&
           reader.TakeCount(&entry.count) && reader.Take(']');
  });
  if (!is_read || !reader.AtEnd()) return std::nullopt;
  return index;
}

}  // namespace

std::optional<ExecutionIndex> ParseExecutionIndex(std::string_view text) {
  if (auto index = ReadPlainIndex(text)) return index;
  const Json json = Json::parse(text, nullptr, /*allow_exceptions=*/false);
  if (!json.is_array()) return std::nullopt;
  ExecutionIndex index;
  index.reserve(json.size());
  for (const Json& entry : json) {
    if (!entry.is_array() || entry.size() != 2 || !entry[0].is_string() ||
        !entry[1].is_number_unsigned() ||
        entry[1].get<std::uint64_t>() > std::numeric_limits<int>::max()) {
      return std::nullopt;
    }
    index.push_back({entry[0].get<std::string>(), entry[1].get<int>()});
  }
  return index;
}

std::string ExecutionIndexText(const ExecutionIndex& index) {
  std::string text;
  text.reserve(40 * index.size() + 2);
  text = "[";
  for (const IndexEntry& entry : index) {
    if (text.size() > 1) text += ", ";
    text += "[";
    AppendQuoted(entry.signature, &text);
    text.append(", ").append(std::to_string(entry.count)).append("]");
  }
  text += "]";
  return text;
}

std::string CallSignature(std::string_view file, int line, std::string_view module,
                          std::string_view method, std::string_view target) {
  Hash hash;
  hash.Add(file.substr(file.rfind('/') + 1));
  hash.Add(std::to_string(line));
  hash.Add(module);
  hash.Add(method);
  hash.Add(target);
  return hash.Hex();
}

std::string CallSiteFile(std::string_view file, std::string_view service) {
  const std::vector<std::string_view> parts = PathParts(file);
  if (parts.empty()) return {};
  const size_t last = parts.size() - 1;
  size_t first = last == 0 ? 0 : last - 1;
  for (size_t i = last; i-- > 0;) {
    if (parts[i] == service) {
      first = i;
      break;
    }
  }
  std::string result(parts[first]);
  for (size_t i = first + 1; i <= last; ++i) result.append("/").append(parts[i]);
  return result;
}

}  // namespace filibuster
