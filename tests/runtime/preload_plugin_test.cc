// Preloaded libraries in a process where only plugins have what they stand in front of.
#include <dlfcn.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

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

struct Planned {
  const char* exception;
  int result;
};

// Without a fault the plugin's call gives `natural`.
void ExpectFaults(const char* path, int natural, const std::vector<Planned>& faults) {
  Call* const call = CallOf(path);
  ASSERT_NE(call, nullptr);
  FakeControlServer& control = ControlServer();
  control.Reset();
  EXPECT_EQ(call(), natural);
  EXPECT_EQ(control.Bodies("invocation").size(), 1U);
  EXPECT_EQ(control.Bodies("invocation_complete").size(), 1U);
  for (const Planned& fault : faults) {
    control.OnCreate([name = std::string(fault.exception)](const Json&) -> Json {
      return {{"forced_exception", {{"name", name}, {"metadata", Json::object()}}}};
    });
    EXPECT_EQ(call(), fault.result) << fault.exception;
  }
}

TEST(PreloadPluginTest, GrpcOfAPluginFailsAsPlanned) {
  ExpectFaults(GRPC_PLUGIN, 14,  // UNAVAILABLE, as it is
               {{"grpc::StatusCode::NOT_FOUND", 5}, {"grpc::StatusCode::DEADLINE_EXCEEDED", 4}});
}

TEST(PreloadPluginTest, PocoOfAPluginFailsAsPlanned) {
  ExpectFaults(POCO_PLUGIN, 1, {{"Poco::TimeoutException", 2}});
  ControlServer().OnCreate([](const Json&) -> Json {
    return {{"failure_metadata", {{"return_value", {{"status_code", "503"}}}}}};
  });
  EXPECT_EQ(CallOf(POCO_PLUGIN)(), 503);
}

TEST(PreloadPluginTest, ThriftOfAPluginFailsAsPlanned) {
  ExpectFaults(THRIFT_PLUGIN, 103,  // END_OF_FILE, as it is
               {{"apache::thrift::transport::TTransportException::NOT_OPEN", 101},
                {"apache::thrift::TApplicationException::UNKNOWN_METHOD", 201}});
}

}  // namespace
}  // namespace filibuster
