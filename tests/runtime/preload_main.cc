#include <gtest/gtest.h>

#include <cstdlib>

#include "tests/runtime/preload_control_server.h"

namespace filibuster {

FakeControlServer& ControlServer() {
  static FakeControlServer server;
  return server;
}

}  // namespace filibuster

int main(int argc, char** argv) {
  ::setenv("FILIBUSTER_URL", filibuster::ControlServer().url().c_str(), 1);
  ::setenv("FILIBUSTER_SERVICE_NAME", "foo", 1);
  testing::InitGoogleTest(&argc, argv);
  return RUN_ALL_TESTS();
}
