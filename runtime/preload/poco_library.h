// POCO's library, which is not linked => its functions, where a service has it
//
// For the sources of libfilibuster-preload-poco. What they call of POCO's classes, and what its
// headers bring along, is weak: not missed where there is no POCO.
#pragma once

#include <string_view>

#include "runtime/preload/next_function.h"

// clang-format off
#define FILIBUSTER_WEAK(symbol) __asm__(".weak " #symbol)
FILIBUSTER_WEAK(_ZN4Poco13AtomicCounterC1Ei);
FILIBUSTER_WEAK(_ZN4Poco13AtomicCounterD1Ev);
FILIBUSTER_WEAK(_ZN4Poco3Net11HTTPRequest7setHostERKNSt7__cxx1112basic_stringIcSt11char_traitsIcESaIcEEEt);
FILIBUSTER_WEAK(_ZN4Poco3Net11HTTPSession5closeEv);
FILIBUSTER_WEAK(_ZN4Poco3Net19NameValueCollection3setERKNSt7__cxx1112basic_stringIcSt11char_traitsIcESaIcEEES9_);
FILIBUSTER_WEAK(_ZNK4Poco3Net19NameValueCollection3getERKNSt7__cxx1112basic_stringIcSt11char_traitsIcESaIcEEES9_);
FILIBUSTER_WEAK(_ZN4Poco3Net4Impl17SocketAddressImplD2Ev);
FILIBUSTER_WEAK(_ZN4Poco3Net9IPAddressC1EPKvj);
FILIBUSTER_WEAK(_ZN4Poco3Net9IPAddressC1EPKvjj);
FILIBUSTER_WEAK(_ZN4Poco3Net12StreamSocketC1ERKNS0_13SocketAddressE);
FILIBUSTER_WEAK(_ZN4Poco3Net12StreamSocketD1Ev);
FILIBUSTER_WEAK(_ZN4Poco3Net13SocketAddressC1EPK8sockaddrj);
FILIBUSTER_WEAK(_ZN4Poco3Net13SocketAddressD1Ev);
FILIBUSTER_WEAK(_ZNK4Poco3Net4Impl21IPv4SocketAddressImpl8toStringB5cxx11Ev);
FILIBUSTER_WEAK(_ZNK4Poco3Net4Impl21IPv6SocketAddressImpl8toStringB5cxx11Ev);
FILIBUSTER_WEAK(_ZTIN4Poco3Net4Impl17SocketAddressImplE);
#undef FILIBUSTER_WEAK
// clang-format on
extern "C" [[gnu::weak]] const char poco_symbol __asm__("_ZTIN4Poco3Net4Impl17SocketAddressImplE");

namespace filibuster {

// The library whose classes look as the headers say. Any other is called as if we were not there.
inline constexpr std::string_view kPocoLibrary = "libPocoNet.so.80";

template <typename Function>
struct PocoFunction : KnownFunction<Function> {
  constexpr explicit PocoFunction(const char* name) : KnownFunction<Function>(name, kPocoLibrary) {}
  bool known() const {
    return KnownFunction<Function>::known() && IsInReach(&poco_symbol, kPocoLibrary);
  }
};

}  // namespace filibuster
