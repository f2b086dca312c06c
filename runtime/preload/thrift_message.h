// bytes of a Thrift message <=> what injection needs of it
// By the binary and the compact protocol, which tell themselves apart.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace filibuster {

struct ThriftHead {
  enum Type { kCall = 1, kReply = 2, kException = 3, kOneway = 4 };

  Type type = kCall;
  bool compact = false;
  std::string method;
  std::size_t size = 0;

  bool IsAnswer() const { return type == kReply || type == kException; }
};

// Nullopt if these bytes begin with none.
std::optional<ThriftHead> ParseThriftHead(std::string_view bytes);

using ThriftHeaders = std::vector<std::pair<std::string, std::string>>;

// The field of a call's arguments that has our headers: to stand before their last byte.
std::string ThriftHeadersField(const ThriftHeaders& headers, bool compact);
struct ThriftRequest {
  ThriftHeaders headers;
  bool is_last = true;  // no other message begins behind it
};
// Calls in bytes that may come in parts.
struct ThriftRequests {
  std::vector<ThriftRequest> found;  // each one that has such a field
  std::size_t read = 0;              // so many bytes are of no use for what comes behind them
};
ThriftRequests FindThriftRequests(std::string_view bytes, bool compact);

// How an answer, or the beginning of one, ends its call.
struct ThriftOutcome {
  std::optional<int> application_exception;  // its type
  int declared_exception = 0;                // its field, if it is not 0
};
ThriftOutcome OutcomeOf(const ThriftHead& head, std::string_view answer);

}  // namespace filibuster
