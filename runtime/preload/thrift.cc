// Thrift's generated clients and servers over framed and buffered transports: in front of what a
// transport sends a message by, and what it reads one by.
//
// Nothing of Thrift is linked: what needs its classes is in a library of its own.
#include <cstdint>

#include "runtime/preload/loaded_hooks.h"
#include "runtime/preload/next_function.h"
#include "runtime/preload/thrift_hooks.h"

namespace filibuster {
namespace {

LoadedHooks<ThriftHooks> the_hooks("thrift");

template <typename Function>
struct Next : KnownFunction<Function> {
  // The library whose classes look as the headers say. Any other is called as if we were not there.
  constexpr explicit Next(const char* name)
      : KnownFunction<Function>(name, "libthrift-0.17.0.so") {}

  const ThriftHooks* hooks() const { return the_hooks.get(this->known()); }
};

}  // namespace
}  // namespace filibuster

using filibuster::Next;

extern "C" {

void _ZN6apache6thrift9transport16TFramedTransport5flushEv(void* transport) {
  static const Next<filibuster::ThriftFlush> next(
      "_ZN6apache6thrift9transport16TFramedTransport5flushEv");
  const auto* const hooks = next.hooks();
  hooks == nullptr ? next.function(transport) : hooks->flush_framed(next.get(), transport);
}

bool _ZN6apache6thrift9transport16TFramedTransport9readFrameEv(void* transport) {
  static const Next<filibuster::ThriftReadFrame> next(
      "_ZN6apache6thrift9transport16TFramedTransport9readFrameEv");
  const auto* const hooks = next.hooks();
  return hooks == nullptr ? next.function(transport) : hooks->read_frame(next.get(), transport);
}

// A buffer is full, and the message not at its end.
void _ZN6apache6thrift9transport18TBufferedTransport9writeSlowEPKhj(void* transport,
                                                                    const std::uint8_t* bytes,
                                                                    std::uint32_t size) {
  static const Next<filibuster::ThriftWriteSlow> next(
      "_ZN6apache6thrift9transport18TBufferedTransport9writeSlowEPKhj");
  const auto* const hooks = next.hooks();
  hooks == nullptr ? next.function(transport, bytes, size)
                   : hooks->write_slow(next.get(), transport, bytes, size);
}

void _ZN6apache6thrift9transport18TBufferedTransport5flushEv(void* transport) {
  static const Next<filibuster::ThriftFlush> next(
      "_ZN6apache6thrift9transport18TBufferedTransport5flushEv");
  const auto* const hooks = next.hooks();
  hooks == nullptr ? next.function(transport) : hooks->flush_buffered(next.get(), transport);
}

std::uint32_t _ZN6apache6thrift9transport18TBufferedTransport8readSlowEPhj(void* transport,
                                                                           std::uint8_t* bytes,
                                                                           std::uint32_t size) {
  static const Next<filibuster::ThriftReadSlow> next(
      "_ZN6apache6thrift9transport18TBufferedTransport8readSlowEPhj");
  const auto* const hooks = next.hooks();
  return hooks == nullptr ? next.function(transport, bytes, size)
                          : hooks->read_slow(next.get(), transport, bytes, size);
}

// By which a server waits for the next request, and reads the beginning of it.
bool _ZN6apache6thrift9transport18TBufferedTransport4peekEv(void* transport) {
  static const Next<filibuster::ThriftPeek> next(
      "_ZN6apache6thrift9transport18TBufferedTransport4peekEv");
  const auto* const hooks = next.hooks();
  return hooks == nullptr ? next.function(transport) : hooks->peek(next.get(), transport);
}

}  // extern "C"
