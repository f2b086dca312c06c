#include "runtime/preload/thrift_message.h"

#include <algorithm>
#include <cstdint>

namespace filibuster {
namespace {

constexpr std::string_view kOurs = "X-Filibuster-";
// Of the field -21930, a map from strings to strings.
constexpr std::string_view kBinaryField{"\x0d\xaa\x56\x0b\x0b", 5};
constexpr std::string_view kCompactField{"\x0b\xd3\xd6\x02", 4};
constexpr char kCompactStrings = '\x88';

// Reads from the front; what is not there is 0, and IsGood() says so.
class Reader {
 public:
  Reader(std::string_view bytes, bool compact) : rest_(bytes), compact_(compact) {}

  bool IsGood() const { return good_; }
  std::size_t left() const { return rest_.size(); }

  std::string_view Bytes(std::size_t size) {
    good_ = good_ && size <= rest_.size();
    if (!good_) return {};
    const std::string_view bytes = rest_.substr(0, size);
    rest_.remove_prefix(size);
    return bytes;
  }
  std::string_view Peek(std::size_t size) const { return rest_.substr(0, size); }
  std::uint32_t Byte() {
    const std::string_view byte = Bytes(1);
    return byte.empty() ? 0 : static_cast<unsigned char>(byte[0]);
  }
  std::uint32_t Fixed(int bytes) {
    std::uint32_t number = 0;
    for (int i = 0; i < bytes; ++i) number = number << 8 | Byte();
    return number;
  }
  std::uint32_t Varint() {
    std::uint32_t number = 0;
    for (int shift = 0; shift < 32; shift += 7) {
      const std::uint32_t byte = Byte();
      number |= (byte & 0x7f) << shift;
      if (byte < 0x80) return number;
    }
    good_ = false;
    return 0;
  }
  std::uint32_t Size() { return compact_ ? Varint() : Fixed(4); }
  std::string_view String() { return Bytes(Size()); }
  int ZigZag() {
    const std::uint32_t number = Varint();
    return static_cast<int>(number >> 1) ^ -static_cast<int>(number & 1);
  }
  // 0 at the end of a struct, too: results have no other.
  int Field() {
    const std::uint32_t type = Byte();
    if (type == 0) return 0;
    if (!compact_) return static_cast<std::int16_t>(Fixed(2));
    return type >> 4 != 0 ? field_ += static_cast<int>(type >> 4) : field_ = ZigZag();
  }
  int Number() { return compact_ ? ZigZag() : static_cast<int>(Fixed(4)); }

 private:
  std::string_view rest_;
  const bool compact_;
  bool good_ = true;
  int field_ = 0;
};

void AppendSize(std::size_t size, bool compact, std::string* bytes) {
  if (!compact) {
    for (int shift = 24; shift >= 0; shift -= 8) *bytes += static_cast<char>(size >> shift);
    return;
  }
  for (; size >= 0x80; size >>= 7) *bytes += static_cast<char>(size | 0x80);
  *bytes += static_cast<char>(size);
}

enum class FieldState { kOurs, kBeginning, kOther };

// The map behind the number of our field. Of one that has not come whole, what is there is ours.
FieldState ReadOurs(Reader* reader, bool compact, ThriftHeaders* headers) {
  const std::uint32_t count = reader->Size();
  const std::uint32_t types = compact ? reader->Byte() : 0;
  if (!reader->IsGood()) return FieldState::kBeginning;
  if (count == 0 || (compact && types != static_cast<unsigned char>(kCompactStrings))) {
    return FieldState::kOther;
  }
  for (std::uint32_t i = 0; i < count; ++i) {
    const std::uint32_t size = reader->Size();
    const std::string_view begins = reader->Peek(kOurs.size());
    if (reader->IsGood() && (size < kOurs.size() || begins != kOurs.substr(0, begins.size()))) {
      return FieldState::kOther;
    }
    const std::string_view name = reader->Bytes(size);
    const std::string_view value = reader->String();
    if (!reader->IsGood()) return FieldState::kBeginning;
    headers->emplace_back(name, value);
  }
  return FieldState::kOurs;
}

}  // namespace

std::optional<ThriftHead> ParseThriftHead(std::string_view bytes) {
  ThriftHead head;
  head.compact = !bytes.empty() && bytes[0] == '\x82';
  Reader reader(bytes, head.compact);
  std::uint32_t type = 0;
  if (head.compact) {
    const std::uint32_t version_and_type = reader.Fixed(2) & 0xff;
    if ((version_and_type & 0x1f) != 1) return std::nullopt;
    type = version_and_type >> 5;
    reader.Varint();  // the sequence
    head.method = reader.String();
  } else {
    const std::uint32_t version_and_type = reader.Fixed(4);
    if (version_and_type >> 16 != 0x8001) return std::nullopt;
    type = version_and_type & 0xff;
    head.method = reader.String();
    reader.Fixed(4);
  }
  if (!reader.IsGood() || type < ThriftHead::kCall || type > ThriftHead::kOneway) {
    return std::nullopt;
  }
  head.type = static_cast<ThriftHead::Type>(type);
  head.size = bytes.size() - reader.left();
  return head;
}

std::string ThriftHeadersField(const ThriftHeaders& headers, bool compact) {
  std::string bytes(compact ? kCompactField : kBinaryField);
  AppendSize(headers.size(), compact, &bytes);
  if (compact) bytes += kCompactStrings;
  for (const auto& [name, value] : headers) {
    for (const std::string& text : {name, value}) {
      AppendSize(text.size(), compact, &bytes);
      bytes += text;
    }
  }
  return bytes;
}

ThriftRequests FindThriftRequests(std::string_view bytes, bool compact) {
  const std::string_view field = compact ? kCompactField : kBinaryField;
  ThriftRequests requests;
  // The beginning of a field may stand at the end.
  requests.read = bytes.size() - std::min(bytes.size(), field.size() - 1);
  for (std::size_t at = bytes.find(field); at != bytes.npos; at = bytes.find(field, at + 1)) {
    Reader reader(bytes.substr(at + field.size()), compact);
    ThriftRequest request;
    const FieldState state = ReadOurs(&reader, compact, &request.headers);
    if (state == FieldState::kBeginning) {
      requests.read = std::min(requests.read, at);
    } else if (state == FieldState::kOurs) {
      const bool ends = reader.left() > 1 && reader.Byte() == 0;  // the arguments
      request.is_last = !ends;
      requests.found.push_back(std::move(request));
    }
  }
  return requests;
}

ThriftOutcome OutcomeOf(const ThriftHead& head, std::string_view answer) {
  ThriftOutcome outcome;
  Reader reader(answer.substr(head.size), head.compact);
  int field = reader.Field();
  if (head.type == ThriftHead::kReply) {
    outcome.declared_exception = reader.IsGood() ? field : 0;
    return outcome;
  }
  if (field == 1) {  // the text
    reader.String();
    field = reader.Field();
  }
  const int type = field == 2 ? reader.Number() : 0;
  outcome.application_exception = reader.IsGood() ? type : 0;
  return outcome;
}

}  // namespace filibuster
