// The one file of a service that includes what instruments it.
#include <cstdlib>

#include "tests/runtime/preload_control_server.h"

namespace {

// Here, because what is included next looks for it as the program starts.
[[maybe_unused]] const int set_url =
    ::setenv("FILIBUSTER_URL", filibuster::ControlServer().url().c_str(), 1);

}  // namespace

#include <filibuster/grpc.h>

FILIBUSTER_SERVICE("foo");
