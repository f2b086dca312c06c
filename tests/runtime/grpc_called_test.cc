// Unary calls that are made, and fail all the same. Run twice, as grpc_test.cc.
#include <gmock/gmock.h>
#include <grpcpp/generic/generic_stub.h>
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <functional>
#include <future>
#include <memory>
#include <string>
#include <utility>

#include "tests/runtime/echo_service.h"
#include "tests/runtime/preload_control_server.h"
#include "tests/support/relay.h"

namespace filibuster {
namespace {

using testing::HasSubstr;
using Json = FakeControlServer::Json;
using Channel = std::shared_ptr<grpc::Channel>;

// The status, behind what a completion queue told before it.
struct End {
  End(grpc::Status status, std::string events = "")
      : status(std::move(status)), events(std::move(events)) {}
  grpc::Status status;
  std::string events;
};
using Call = End(const Channel& channel, grpc::ClientContext& context);

// What a caller has in its response before the call, which an error leaves as it was.
Text Untouched() {
  Text response;
  response.set_text("untouched");
  return response;
}

grpc::Status ExpectLeft(const Text& response, grpc::Status status) {
  EXPECT_EQ(response.text(), status.ok() ? "" : "untouched");
  return status;
}

End Synchronous(const Channel& channel, grpc::ClientContext& context) {
  Text response = Untouched();
  const grpc::Status status = Echo::NewStub(channel)->Say(&context, Text(), &response);
  return ExpectLeft(response, status);
}

End Callback(const Channel& channel, grpc::ClientContext& context) {
  const Text request;
  Text response = Untouched();
  std::promise<grpc::Status> done;
  Echo::NewStub(channel)->async()->Say(&context, &request, &response, [&](grpc::Status status) {
    done.set_value(std::move(status));
  });
  return ExpectLeft(response, done.get_future().get());
}

End ByReactor(const Channel& channel, grpc::ClientContext& context) {
  struct Reactor : grpc::ClientUnaryReactor {
    void OnDone(const grpc::Status& status) override { done.set_value(status); }
    std::promise<grpc::Status> done;
  } reactor;
  const Text request;
  Text response = Untouched();
  Echo::NewStub(channel)->async()->Say(&context, &request, &response, &reactor);
  reactor.StartCall();
  return ExpectLeft(response, reactor.done.get_future().get());
}

bool IsGood(grpc::CompletionQueue& queue) {
  void* tag = nullptr;
  bool ok = false;
  EXPECT_TRUE(queue.Next(&tag, &ok));
  return ok;
}

template <typename Pending>
std::string AskForMetadata(Pending& call, grpc::CompletionQueue& queue) {
  call.ReadInitialMetadata(nullptr);
  return IsGood(queue) ? "metadata: " : "no metadata: ";
}

template <bool asks_metadata>
End Asynchronous(const Channel& channel, grpc::ClientContext& context) {
  Text response = Untouched();
  grpc::CompletionQueue queue;
  const auto call = Echo::NewStub(channel)->AsyncSay(&context, Text(), &queue);
  const std::string events = asks_metadata ? AskForMetadata(*call, queue) : "";
  grpc::Status status;
  call->Finish(&response, &status, nullptr);
  EXPECT_TRUE(IsGood(queue));
  return {ExpectLeft(response, status), events};
}

template <bool asks_metadata>
End Generic(const Channel& channel, grpc::ClientContext& context) {
  const grpc::Slice nothing;
  grpc::ByteBuffer response;
  grpc::CompletionQueue queue;
  const auto call = grpc::GenericStub(channel).PrepareUnaryCall(
      &context, "/filibuster.test.Echo/Say", grpc::ByteBuffer(&nothing, 1), &queue);
  call->StartCall();
  const std::string events = asks_metadata ? AskForMetadata(*call, queue) : "";
  grpc::Status status;
  call->Finish(&response, &status, nullptr);
  EXPECT_TRUE(IsGood(queue));
  EXPECT_EQ(response.Valid(), status.ok());
  return {status, events};
}

End WriterWithMetadata(const Channel& channel, grpc::ClientContext& context) {
  Text response = Untouched();
  grpc::CompletionQueue queue;
  const auto call = Echo::NewStub(channel)->AsyncCollect(&context, &response, &queue, nullptr);
  EXPECT_TRUE(IsGood(queue));
  call->WriteLast(Text(), {}, nullptr);
  IsGood(queue);  // not if the callee's cancelling the call comes before it
  const std::string events = AskForMetadata(*call, queue);
  grpc::Status status;
  call->Finish(&status, nullptr);
  EXPECT_TRUE(IsGood(queue));
  return {ExpectLeft(response, status), events};
}

using OnRequest = std::function<grpc::Status(grpc::ServerContext& context)>;

class AnsweringService : public Echo::Service {
 public:
  explicit AnsweringService(OnRequest on_request) : on_request_(std::move(on_request)) {}

  grpc::Status Say(grpc::ServerContext* context, const Text* request, Text* response) override {
    *response = *request;
    return on_request_(*context);
  }
  grpc::Status Collect(grpc::ServerContext* context, grpc::ServerReader<Text>* reader,
                       Text* response) override {
    while (reader->Read(response)) {
    }
    return on_request_(*context);
  }

 private:
  const OnRequest on_request_;
};

// An answer with all that an answer can have.
grpc::Status Succeed(grpc::ServerContext& context) {
  context.AddInitialMetadata("unit", "piece");
  context.AddTrailingMetadata("balance", "0");
  return grpc::Status::OK;
}

class GrpcCalledTest : public testing::TestWithParam<Interface<Call>> {
 protected:
  void SetUp() override { control_.Reset(); }

  void Serve(OnRequest on_request) {
    server_.Serve(std::make_unique<AnsweringService>(std::move(on_request)));
  }

  // What the caller sees.
  std::string Make(std::chrono::milliseconds timeout = std::chrono::minutes(1)) {
    // A connection of its own, which knows nothing of what failed before.
    grpc::ChannelArguments arguments;
    arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
    const Channel channel =
        grpc::CreateCustomChannel("127.0.0.1:" + std::to_string(relay_.port()),
                                  grpc::InsecureChannelCredentials(), arguments);
    grpc::ClientContext context;
    context.set_deadline(std::chrono::system_clock::now() + timeout);
    context_ = &context;
    const End end = GetParam().use(channel, context);
    if (before_end_.valid()) before_end_.wait();
    debug_text_ = context.debug_error_string();
    return end.events + Seen(end.status, context);
  }

  // The same call where the callee succeeds, and the fault says that it failed.
  std::string MakeWithFault(const std::string& code) {
    Serve(Succeed);
    const size_t received = control_.Bodies("request_received").size();
    control_.OnCreate([&](const Json&) -> Json {
      return {{"forced_exception",
               {{"name", "grpc::StatusCode::" + code}, {"metadata", {{"abort", false}}}}}};
    });
    const std::string seen = Make();
    EXPECT_EQ(control_.Bodies("request_received").size(), received + 1);
    EXPECT_EQ(control_.Bodies("invocation_complete").back()["exception"],
              Json({{"name", "grpc::StatusCode::" + code},
                    {"metadata", {{"abort", false}, {"code", code}}}}));
    return seen;
  }

  // Which of a call that its client has given up depends on whether there was a connection by then.
  static std::string WithoutPeer(const std::string& seen) { return seen.substr(0, seen.rfind(' ')); }

  FakeControlServer& control_ = ControlServer();
  std::string debug_text_;  // of the last call
  EchoServer server_;
  Relay relay_{server_.port()};
  std::atomic<grpc::ClientContext*> context_ = nullptr;  // of the call that is made
  std::shared_future<void> before_end_;                  // who else uses it is done
};

INSTANTIATE_TEST_SUITE_P(EveryInterface, GrpcCalledTest,
                         testing::Values(Interface<Call>{"Synchronous", Synchronous},
                                         Interface<Call>{"Callback", Callback},
                                         Interface<Call>{"ByReactor", ByReactor},
                                         Interface<Call>{"Asynchronous", Asynchronous<false>},
                                         Interface<Call>{"WithMetadata", Asynchronous<true>},
                                         Interface<Call>{"Generic", Generic<false>},
                                         Interface<Call>{"GenericWithMetadata", Generic<true>},
                                         Interface<Call>{"WriterWithMetadata",
                                                         WriterWithMetadata}));

TEST_P(GrpcCalledTest, HasItsMetadataIfItDoesNotFail) {
  Serve(Succeed);
  EXPECT_THAT(Make(), HasSubstr("0 '' '' 1 1 "));
}

TEST_P(GrpcCalledTest, LooksAsWhenTheServerDiesWhileItAnswers) {
  std::promise<void> release;
  Serve([&](grpc::ServerContext&) {
    relay_.Break();
    release.get_future().wait();
    return grpc::Status::OK;
  });
  const std::string real = Make();
  release.set_value();
  EXPECT_THAT(real, HasSubstr("14 'Socket closed' '' 0 0 "));
  EXPECT_EQ(MakeWithFault("UNAVAILABLE"), real);
}

TEST_P(GrpcCalledTest, LooksAsWhenTheServerIsTooLate) {
  std::promise<void> release;
  const std::shared_future<void> released = release.get_future().share();
  Serve([=](grpc::ServerContext&) {
    released.wait();
    return grpc::Status::OK;
  });
  std::string real;
  do {  // gRPC tells now and then that metadata came
    real = Make(std::chrono::seconds(1));  // it is connected by then
  } while (real.rfind("metadata: ", 0) == 0);
  release.set_value();
  EXPECT_THAT(real, HasSubstr("4 'Deadline Exceeded' '' 0 0 "));
  EXPECT_EQ(WithoutPeer(MakeWithFault("DEADLINE_EXCEEDED")), WithoutPeer(real));
}

TEST_P(GrpcCalledTest, LooksAsWhenItIsCancelledWhileTheServerAnswers) {
  std::promise<void> release, cancelled;
  before_end_ = cancelled.get_future().share();
  Serve([&](grpc::ServerContext&) {
    context_.load()->TryCancel();
    cancelled.set_value();
    release.get_future().wait();
    return grpc::Status::OK;
  });
  const std::string real = Make();
  release.set_value();
  const std::string real_debug_text = debug_text_;
  EXPECT_THAT(real, HasSubstr("1 'CANCELLED' '' 0 0 "));
  EXPECT_EQ(WithoutPeer(MakeWithFault("CANCELLED")), WithoutPeer(real));
  EXPECT_EQ(debug_text_, real_debug_text);
}

TEST_P(GrpcCalledTest, LooksAsWhenTheServerAnswersWithTheCode) {
  for (const auto& [code, name] :
       {std::pair(grpc::StatusCode::INTERNAL, "INTERNAL"),
        std::pair(grpc::StatusCode::UNKNOWN, "UNKNOWN"),
        std::pair(grpc::StatusCode::RESOURCE_EXHAUSTED, "RESOURCE_EXHAUSTED")}) {
    const grpc::Status status(code, "");
    Serve([&](grpc::ServerContext&) { return status; });
    const std::string real = Make();
    EXPECT_EQ(MakeWithFault(name), real);
    control_.OnCreate(nullptr);
  }
}

}  // namespace
}  // namespace filibuster
