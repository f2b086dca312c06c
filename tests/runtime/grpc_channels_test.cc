// Channels of every kind: a call fails once, however often gRPC tries. Run twice, as grpc_test.cc.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <memory>
#include <string>

#include "tests/runtime/echo_service.h"
#include "tests/runtime/preload_control_server.h"

namespace filibuster {
namespace {

using testing::SizeIs;
using testing::StartsWith;
using Json = FakeControlServer::Json;

class GrpcChannelsTest : public testing::Test {
 protected:
  void SetUp() override { control_.Reset(); }

  void Inject(const Json& metadata = Json::object()) {
    control_.OnCreate([=](const Json&) -> Json {
      return {{"forced_exception",
               {{"name", "grpc::StatusCode::UNAVAILABLE"}, {"metadata", metadata}}}};
    });
  }

  static std::string Say(const std::shared_ptr<grpc::Channel>& channel, bool waits = false) {
    grpc::ClientContext context;
    context.set_deadline(std::chrono::system_clock::now() + std::chrono::minutes(1));
    context.set_wait_for_ready(waits);
    Text response;
    const grpc::Status status = Echo::NewStub(channel)->Say(&context, Text(), &response);
    return Seen(status, context);
  }

  // A connection of its own, which knows nothing of what failed before.
  static std::shared_ptr<grpc::Channel> ChannelTo(const std::string& target,
                                                  grpc::ChannelArguments arguments = {}) {
    arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
    return grpc::CreateCustomChannel(target, grpc::InsecureChannelCredentials(), arguments);
  }

  FakeControlServer& control_ = ControlServer();
  EchoServer server_;
};

TEST_F(GrpcChannelsTest, NobodyListensAtAnyKindOfAddress) {
  const EchoServer other;
  const std::string port = std::to_string(server_.port());
  for (const std::string& target :
       {"localhost:" + port, "dns:///localhost:" + port, "ipv4:127.0.0.1:" + port,
        "ipv6:[::1]:" + port, "[::1]:" + port, "ipv4:" + server_.address() + "," + other.address(),
        std::string("unix:/nowhere/socket"), std::string("unix:///nowhere/socket"),
        "unix-abstract:nobody-" + port}) {
    control_.OnCreate(nullptr);
    const std::string real = Say(ChannelTo(target));
    Inject();
    EXPECT_EQ(Say(ChannelTo(target)), real);
  }
}

TEST_F(GrpcChannelsTest, ACallThatIsTriedAgainFailsOnce) {
  std::atomic<int> handled = 0;
  server_.Start([&](const Text&, Text*) {
    return ++handled < 3 ? grpc::Status(grpc::StatusCode::UNAVAILABLE, "") : grpc::Status::OK;
  });
  grpc::ChannelArguments arguments;
  arguments.SetServiceConfigJSON(
      R"({"methodConfig": [{"name": [{}], "retryPolicy": {
           "maxAttempts": 4, "initialBackoff": "0.01s", "maxBackoff": "0.1s",
           "backoffMultiplier": 2, "retryableStatusCodes": ["UNAVAILABLE"]}}]})");
  EXPECT_THAT(Say(ChannelTo(server_.address(), arguments)), StartsWith("0 "));
  EXPECT_EQ(handled, 3);
  EXPECT_THAT(control_.Bodies("invocation"), SizeIs(1));
  EXPECT_THAT(control_.Bodies("request_received"), SizeIs(3));
  Inject();
  EXPECT_THAT(Say(ChannelTo(server_.address(), arguments)), StartsWith("14 'failed to connect"));
  Inject({{"abort", false}});
  EXPECT_THAT(Say(ChannelTo(server_.address(), arguments)), StartsWith("14 'Socket closed'"));
  EXPECT_EQ(handled, 4);
  EXPECT_THAT(control_.Bodies("invocation"), SizeIs(3));
  EXPECT_THAT(control_.Bodies("invocation_complete"), SizeIs(3));
}

TEST_F(GrpcChannelsTest, ACallThatWouldWaitForAConnectionFailsAsPlanned) {
  server_.Start(Repeat);
  Inject();
  EXPECT_THAT(Say(ChannelTo(server_.address()), true), StartsWith("14 "));
  EXPECT_THAT(control_.Bodies("invocation"), SizeIs(1));
}

TEST_F(GrpcChannelsTest, ACallWithinTheProcessIsACall) {
  EchoService service(Repeat);
  grpc::ServerBuilder builder;
  builder.RegisterService(&service);
  const auto server = builder.BuildAndStart();
  const auto channel = server->InProcessChannel({});
  EXPECT_THAT(Say(channel), StartsWith("0 "));
  EXPECT_THAT(control_.Bodies("request_received"), SizeIs(1));
  Inject({{"abort", false}});
  EXPECT_THAT(Say(channel), StartsWith("14 'Socket closed'"));
  EXPECT_THAT(control_.Bodies("invocation"), SizeIs(2));
  EXPECT_THAT(control_.Bodies("request_received"), SizeIs(2));
}

}  // namespace
}  // namespace filibuster
