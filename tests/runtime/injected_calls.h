// A call and a request for the tests of Injection.
#pragma once

#include <functional>
#include <string>

#include "filibuster/injector.h"
#include "runtime/protocol.h"

namespace filibuster {

inline OutgoingCall CallToBar(int line = 17) {
  OutgoingCall call;
  call.module = "httplib";
  call.method = "Get";
  call.target = "5001/bar/baz";
  call.file = "/build/services/foo/foo.cc";
  call.line = line;
  call.function = "handle";
  return call;
}

// The headers of a request whose call has this index and clock.
inline std::function<std::string(const char*)> IncomingCall(const std::string& index,
                                                            const std::string& clock,
                                                            const std::string& sleep = "") {
  return [=](const char* name) -> std::string {
    const std::string header = name;
    if (header == kExecutionIndexHeader) return index;
    if (header == kVClockHeader || header == kOriginVClockHeader) return clock;
    if (header == kGeneratedIdHeader) return "7";
    if (header == kRequestIdHeader) return "the-request";
    if (header == kForcedSleepHeader) return sleep;
    return "";
  };
}

}  // namespace filibuster
