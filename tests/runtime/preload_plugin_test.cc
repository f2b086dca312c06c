// A library that is preloaded, in a process where only a plugin has what it stands in front of.
#include <dlfcn.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>

#include "tests/runtime/preload_control_server.h"

namespace filibuster {
namespace {

using Json = FakeControlServer::Json;

TEST(PreloadPluginTest, GrpcOfAPluginFailsAsPlanned) {
  void* const plugin = ::dlopen(GRPC_PLUGIN, RTLD_NOW | RTLD_LOCAL);
  ASSERT_NE(plugin, nullptr) << ::dlerror();
  auto* const call = reinterpret_cast<int (*)()>(::dlsym(plugin, "CallByPlugin"));
  ASSERT_NE(call, nullptr);
  FakeControlServer& control = ControlServer();
  EXPECT_EQ(call(), 14);  // UNAVAILABLE, as it is
  EXPECT_EQ(control.Bodies("invocation").size(), 1U);
  for (const auto& [name, code] : {std::pair("NOT_FOUND", 5), {"DEADLINE_EXCEEDED", 4}}) {
    control.OnCreate([name = std::string(name)](const Json&) -> Json {
      return {{"forced_exception",
               {{"name", "grpc::StatusCode::" + name}, {"metadata", Json::object()}}}};
    });
    EXPECT_EQ(call(), code);
  }
}

}  // namespace
}  // namespace filibuster
