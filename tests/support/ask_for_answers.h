// A control server that asks what the requests of somebody who is not instrumented are answered
// with.
#pragma once

#include <utility>

#include "tests/support/fake_control_server.h"

namespace filibuster {

// The first call from here on is made as by somebody who is not instrumented; those after it, which
// that request causes, ask for its answer.
inline void AskForAnswers(FakeControlServer& control) {
  using Json = FakeControlServer::Json;
  control.OnCreate([is_first = true](const Json&) mutable {
    return std::exchange(is_first, false) ? Json() : Json{{"request_complete", true}};
  });
}

}  // namespace filibuster
