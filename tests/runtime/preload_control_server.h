// The control server that FILIBUSTER_URL names in the tests of what is preloaded.
#pragma once

#include "tests/support/fake_control_server.h"

namespace filibuster {

// One for the whole program: a service reads FILIBUSTER_URL once.
FakeControlServer& ControlServer();

}  // namespace filibuster
