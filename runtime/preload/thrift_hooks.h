// What libfilibuster-preload-thrift.so, which knows nothing of Thrift, has of
// libfilibuster-preload-thrift-hooks.so, which is linked with it and loaded only where it is.
#pragma once

#include <cstdint>

namespace filibuster {

// Of a TFramedTransport or a TBufferedTransport.
using ThriftFlush = void(void* transport);
using ThriftReadFrame = bool(void* transport);
using ThriftWriteSlow = void(void* transport, const std::uint8_t* bytes, std::uint32_t size);
using ThriftReadSlow = std::uint32_t(void* transport, std::uint8_t* bytes, std::uint32_t size);
using ThriftPeek = bool(void* transport);

struct ThriftHooks {
  void (*flush_framed)(ThriftFlush* next, void* transport);
  bool (*read_frame)(ThriftReadFrame* next, void* transport);
  void (*write_slow)(ThriftWriteSlow* next, void* transport, const std::uint8_t* bytes,
                     std::uint32_t size);
  void (*flush_buffered)(ThriftFlush* next, void* transport);
  std::uint32_t (*read_slow)(ThriftReadSlow* next, void* transport, std::uint8_t* bytes,
                             std::uint32_t size);
  bool (*peek)(ThriftPeek* next, void* transport);
};

}  // namespace filibuster
