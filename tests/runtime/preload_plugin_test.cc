// Preloaded libraries in a process where only plugins have what they stand in front of.
#include <dlfcn.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>

#include "tests/runtime/preload_control_server.h"

namespace filibuster {
namespace {

using Json = FakeControlServer::Json;

using Call = int();

// Null if there is no such plugin.
Call* CallOf(const char* path) {
  void* const plugin = ::dlopen(path, RTLD_NOW | RTLD_LOCAL);
  EXPECT_NE(plugin, nullptr) << ::dlerror();
  return plugin == nullptr ? nullptr : reinterpret_cast<Call*>(::dlsym(plugin, "CallByPlugin"));
}

TEST(PreloadPluginTest, GrpcOfAPluginFailsAsPlanned) {
  Call* const call = CallOf(GRPC_PLUGIN);
  ASSERT_NE(call, nullptr);
  FakeControlServer& control = ControlServer();
  control.Reset();
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

TEST(PreloadPluginTest, PocoAndThriftOfAPluginAreLeftAlone) {
  ControlServer().Reset();
  for (const char* path : {POCO_PLUGIN, THRIFT_PLUGIN}) {
    Call* const call = CallOf(path);
    ASSERT_NE(call, nullptr);
    testing::internal::CaptureStderr();
    EXPECT_EQ(call(), 1);
    EXPECT_EQ(call(), 1);
    const std::string log = testing::internal::GetCapturedStderr();
    EXPECT_NE(log.find("only a plugin has lib"), log.npos) << log;
    EXPECT_EQ(log.find("only a plugin"), log.rfind("only a plugin")) << log;
  }
  EXPECT_TRUE(ControlServer().Bodies("invocation").empty());
}

}  // namespace
}  // namespace filibuster
