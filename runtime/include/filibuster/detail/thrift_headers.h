// Our headers => a field of a call's arguments. Part of filibuster/thrift.h.
#pragma once

#include <thrift/protocol/TProtocol.h>

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace filibuster_thrift {

using Headers = std::vector<std::pair<std::string, std::string>>;

// A field of a call's arguments that no interface has: who does not know it skips it.
inline constexpr std::int16_t kHeadersField = -21930;

inline std::uint32_t WriteHeaders(::apache::thrift::protocol::TProtocol* protocol,
                                  const Headers& headers) {
  using ::apache::thrift::protocol::T_MAP;
  using ::apache::thrift::protocol::T_STRING;
  if (headers.empty()) return 0;
  std::uint32_t size = protocol->writeFieldBegin("filibuster", T_MAP, kHeadersField);
  size += protocol->writeMapBegin(T_STRING, T_STRING, static_cast<std::uint32_t>(headers.size()));
  for (const auto& [name, value] : headers) {
    size += protocol->writeString(name);
    size += protocol->writeString(value);
  }
  return size + protocol->writeMapEnd() + protocol->writeFieldEnd();
}

}  // namespace filibuster_thrift
