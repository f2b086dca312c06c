// Run twice: against filibuster/grpc.h, and against the library that is preloaded.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <future>

#include "tests/runtime/echo_service.h"
#include "tests/runtime/preload_control_server.h"
#include "tests/support/ask_for_answers.h"

namespace filibuster {
namespace {

using testing::ElementsAre;
using Json = FakeControlServer::Json;

// Otherwise gRPC ends its threads when the last channel goes, and the process does not wait for
// them: LeakSanitizer, which looks at each thread, would find them half gone.
struct GrpcEndsBeforeTheProcess : testing::Environment {
  void SetUp() override { grpc_init(); }
  void TearDown() override { grpc_shutdown_blocking(); }
};
[[maybe_unused]] testing::Environment* const grpc_ends =
    testing::AddGlobalTestEnvironment(new GrpcEndsBeforeTheProcess);

using Call = std::string(Echo::Stub& stub, grpc::ClientContext& context);

std::string Synchronous(Echo::Stub& stub, grpc::ClientContext& context) {
  Text request, response;
  request.set_text("hello");
  response.set_text("untouched");
  const grpc::Status status = stub.Say(&context, request, &response);
  return Seen(status, context) + " " + response.text();
}

std::string Callback(Echo::Stub& stub, grpc::ClientContext& context) {
  Text request, response;
  request.set_text("hello");
  response.set_text("untouched");
  std::promise<grpc::Status> done;
  stub.async()->Say(&context, &request, &response,
                    [&](grpc::Status status) { done.set_value(std::move(status)); });
  const grpc::Status status = done.get_future().get();
  return Seen(status, context) + " " + response.text();
}

std::string Asynchronous(Echo::Stub& stub, grpc::ClientContext& context) {
  Text request, response;
  request.set_text("hello");
  response.set_text("untouched");
  grpc::CompletionQueue queue;
  const auto call = stub.AsyncSay(&context, request, &queue);
  grpc::Status status;
  call->Finish(&response, &status, &status);
  void* tag = nullptr;
  bool ok = false;
  EXPECT_TRUE(queue.Next(&tag, &ok));
  EXPECT_EQ(tag, &status);
  return Seen(status, context) + " " + response.text() + " " + std::to_string(ok);
}

std::string ServerStream(Echo::Stub& stub, grpc::ClientContext& context) {
  Text request, response;
  request.set_text("hello");
  response.set_text("untouched");
  const auto reader = stub.List(&context, request);
  const bool read = reader->Read(&response);
  const grpc::Status status = reader->Finish();
  return Seen(status, context) + " " + response.text() + " " + std::to_string(read);
}

std::string ClientStream(Echo::Stub& stub, grpc::ClientContext& context) {
  Text request, response;
  request.set_text("hello");
  response.set_text("untouched");
  const auto writer = stub.Collect(&context, &response);
  const bool written = writer->Write(request);
  writer->WritesDone();
  const grpc::Status status = writer->Finish();
  return Seen(status, context) + " " + response.text() + " " + std::to_string(written);
}

std::string BothStreams(Echo::Stub& stub, grpc::ClientContext& context) {
  Text request, response;
  request.set_text("hello");
  response.set_text("untouched");
  const auto stream = stub.Chat(&context);
  const bool written = stream->Write(request);
  const bool read = stream->Read(&response);
  stream->WritesDone();
  const grpc::Status status = stream->Finish();
  return Seen(status, context) + " " + response.text() + " " + std::to_string(written) +
         std::to_string(read);
}

constexpr char kUnavailable[] =
    R"({"forced_exception": {"name": "grpc::StatusCode::UNAVAILABLE", "metadata": {}}})";

class GrpcTest : public testing::Test {
 protected:
  void SetUp() override { control_.Reset(); }

  void Inject(const Json& fault) {
    control_.OnCreate([fault](const Json&) { return fault; });
  }
  void Inject(const char* fault) { Inject(Json::parse(fault)); }

  std::string Make(Call* call, std::chrono::milliseconds timeout = std::chrono::minutes(1)) {
    const auto stub = server_.NewStub();
    grpc::ClientContext context;
    context.set_deadline(std::chrono::system_clock::now() + timeout);
    return call(*stub, context);
  }

  FakeControlServer& control_ = ControlServer();
  EchoServer server_;
};

class GrpcCallTest : public GrpcTest, public testing::WithParamInterface<Interface<Call>> {};

TEST_P(GrpcCallTest, LooksAsWhenNobodyListens) {
  const std::string real = Make(GetParam().use);
  EXPECT_NE(real.find("Connection refused"), real.npos) << real;
  server_.Start(Repeat);
  Inject(kUnavailable);
  EXPECT_EQ(Make(GetParam().use), real);
  EXPECT_TRUE(control_.Bodies("request_received").empty());
  EXPECT_EQ(
      control_.Bodies("invocation_complete").back()["exception"],
      Json({{"name", "grpc::StatusCode::UNAVAILABLE"}, {"metadata", {{"code", "UNAVAILABLE"}}}}));
}

TEST_P(GrpcCallTest, IsAsEverWithoutAFault) {
  server_.Start(Repeat);
  const std::string seen = Make(GetParam().use);
  EXPECT_EQ(seen.substr(0, 2), "0 ") << seen;
  EXPECT_NE(seen.find("hello"), seen.npos) << seen;
  EXPECT_EQ(control_.Bodies("invocation_complete").at(0)["return_value"]["status_code"], "OK");
}

INSTANTIATE_TEST_SUITE_P(EveryInterface, GrpcCallTest,
                         testing::Values(Interface<Call>{"Synchronous", Synchronous},
                                         Interface<Call>{"Callback", Callback},
                                         Interface<Call>{"Asynchronous", Asynchronous},
                                         Interface<Call>{"ServerStream", ServerStream},
                                         Interface<Call>{"ClientStream", ClientStream},
                                         Interface<Call>{"BothStreams", BothStreams}));

class GrpcUnaryTest : public GrpcTest, public testing::WithParamInterface<Interface<Call>> {};
INSTANTIATE_TEST_SUITE_P(EveryInterface, GrpcUnaryTest,
                         testing::Values(Interface<Call>{"Synchronous", Synchronous},
                                         Interface<Call>{"Callback", Callback},
                                         Interface<Call>{"Asynchronous", Asynchronous}));

TEST_P(GrpcUnaryTest, LooksAsWhenTheServerIsTooLate) {
  std::promise<void> release;
  std::shared_future<void> released = release.get_future().share();
  server_.Start([released](const Text&, Text*) {
    released.wait();
    return grpc::Status::OK;
  });
  // What peer() says depends on whether the call had a connection by then: not compared.
  const auto without_peer = [](const std::string& seen) {
    return seen.substr(0, seen.find("ipv4:")).substr(0, seen.find("127."));
  };
  const std::string real = Make(GetParam().use, std::chrono::milliseconds(200));
  EXPECT_EQ(control_.Bodies("invocation_complete").at(0)["exception"]["metadata"]["code"],
            "DEADLINE_EXCEEDED");
  release.set_value();
  server_.Start(Repeat);
  Inject(R"({"forced_exception": {"name": "grpc._channel._InactiveRpcError",
                                  "metadata": {"code": "DEADLINE_EXCEEDED"}}})");
  EXPECT_EQ(without_peer(Make(GetParam().use)), without_peer(real));
}

TEST_P(GrpcUnaryTest, LooksAsWhenTheServerAnswersACode) {
  for (int code = 1; code <= 16; ++code) {
    server_.Start([code](const Text&, Text*) {
      return grpc::Status(static_cast<grpc::StatusCode>(code), "");
    });
    control_.Reset();
    std::string real = Make(GetParam().use);
    const Json outcome = control_.Bodies("invocation_complete").at(0)["exception"];
    server_.Start(Repeat);
    Inject({{"failure_metadata", {{"exception", {{"metadata", outcome["metadata"]}}}}}});
    const std::string injected = Make(GetParam().use);
    EXPECT_EQ(injected.substr(0, injected.find("127.")), real.substr(0, real.find("ipv4:")));
    EXPECT_EQ(control_.Bodies("invocation_complete").back()["exception"], outcome);
  }
}

TEST_F(GrpcTest, ACallIsAnnouncedWithItsCallSiteAndItsDeadline) {
  server_.Start(Repeat);
  const auto stub = server_.NewStub();
  grpc::ClientContext context;
  context.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(1000));
  Text response;
  const int line = __LINE__ + 1;
  ASSERT_TRUE(stub->Say(&context, Text(), &response).ok());
  const Json create = control_.Bodies("invocation").at(0);
  EXPECT_EQ(create["module"], "grpc");
  EXPECT_EQ(create["method"], "insecure_channel");
  EXPECT_EQ(create["args"], Json::array({"/filibuster.test.Echo/Say"}));
  EXPECT_EQ(create["callsite_file"], "runtime/grpc_test.cc");
  EXPECT_EQ(create["callsite_line"], std::to_string(line));
  // What is left of 1000 s: less on a machine that is busy, or under a sanitizer.
  EXPECT_LE(create["metadata"]["timeout"], 1000);
  EXPECT_GT(create["metadata"]["timeout"], 900);
  const Json received = control_.Bodies("request_received").at(0);
  EXPECT_EQ(received["execution_index"], create["execution_index"]);
}

TEST_F(GrpcTest, ACallWithoutDeadlineHasNone) {
  server_.Start(Repeat);
  grpc::ClientContext context;
  Synchronous(*server_.NewStub(), context);
  EXPECT_FALSE(control_.Bodies("invocation").at(0)["metadata"].contains("timeout"));
}

TEST_F(GrpcTest, AFaultThatGrpcDoesNotKnowIsDropped) {
  server_.Start(Repeat);
  Inject(R"({"failure_metadata": {"return_value": {"status_code": "503"}}})");
  EXPECT_EQ(Make(Synchronous).substr(0, 2), "0 ");
}

// A service that asks another one, twice, before it answers.
template <typename Service>
void ExpectCallsOfAHandlerToBelongToItsRequest(FakeControlServer& control, EchoServer& front) {
  EchoServer back;
  back.Start(Repeat);
  const auto stub = back.NewStub();
  front.Start<Service>([&](const Text& request, Text* response) {
    for (int i = 0; i < 2; ++i) {
      grpc::ClientContext context;
      const grpc::Status status = stub->Say(&context, request, response);
      if (!status.ok()) return status;
    }
    return grpc::Status::OK;
  });
  grpc::ClientContext context;
  ASSERT_EQ(Synchronous(*front.NewStub(), context).substr(0, 2), "0 ");
  const std::vector<Json> creates = control.Bodies("invocation");
  ASSERT_EQ(creates.size(), 3U);
  const auto index = [&](size_t i) {
    return Json::parse(creates[i]["execution_index"].get<std::string>());
  };
  ASSERT_EQ(index(0).size(), 1U);
  for (int i = 1; i <= 2; ++i) {
    ASSERT_EQ(index(i).size(), 2U);
    EXPECT_EQ(index(i)[0], index(0)[0]);
    EXPECT_EQ(index(i)[1][0], index(1)[1][0]);
    EXPECT_EQ(index(i)[1][1], i);
  }
  EXPECT_EQ(creates[1]["origin_vclock"], creates[0]["vclock"]);
}

TEST_F(GrpcTest, CallsOfASynchronousHandlerBelongToItsRequest) {
  ExpectCallsOfAHandlerToBelongToItsRequest<EchoService>(control_, server_);
}

TEST_F(GrpcTest, CallsOfACallbackHandlerBelongToItsRequest) {
  ExpectCallsOfAHandlerToBelongToItsRequest<CallbackEchoService>(control_, server_);
}

template <typename Service>
void ExpectTheAnswerToATestToBeTold(FakeControlServer& control, EchoServer& front) {
  EchoServer back;
  back.Start(Repeat);
  const auto stub = back.NewStub();
  for (const char* code : {"RESOURCE_EXHAUSTED", "OK"}) {
    const bool is_good = code == std::string("OK");
    front.Start<Service>([&](const Text& request, Text* response) {
      grpc::ClientContext context;
      stub->Say(&context, request, response);
      return is_good ? grpc::Status::OK : grpc::Status(grpc::RESOURCE_EXHAUSTED, "no more");
    });
    control.Reset();
    AskForAnswers(control);
    grpc::ClientContext context;
    const std::string seen = Synchronous(*front.NewStub(), context);
    EXPECT_EQ(seen.substr(0, 2), is_good ? "0 " : "8 ");
    const std::vector<Json> answers = control.Bodies("request_complete");
    ASSERT_EQ(answers.size(), 1U);
    EXPECT_EQ(answers[0]["return_value"]["status_code"], code);
    EXPECT_EQ(answers[0]["generated_ids"].size(), 1U);
  }
}

TEST_F(GrpcTest, WhatATestIsAnsweredBySynchronousHandlersIsToldBeforeItIsSent) {
  ExpectTheAnswerToATestToBeTold<EchoService>(control_, server_);
}

TEST_F(GrpcTest, WhatATestIsAnsweredByCallbackHandlersIsToldBeforeItIsSent) {
  ExpectTheAnswerToATestToBeTold<CallbackEchoService>(control_, server_);
}

// Interceptors that the service itself has.
class Counter final : public grpc::experimental::Interceptor {
 public:
  explicit Counter(int* count) { ++*count; }
  void Intercept(grpc::experimental::InterceptorBatchMethods* methods) override {
    methods->Proceed();
  }
};

struct Counting final : public grpc::experimental::ServerInterceptorFactoryInterface,
                        public grpc::experimental::ClientInterceptorFactoryInterface {
  explicit Counting(int* count) : count(count) {}
  grpc::experimental::Interceptor* CreateServerInterceptor(
      grpc::experimental::ServerRpcInfo*) override {
    return new Counter(count);
  }
  grpc::experimental::Interceptor* CreateClientInterceptor(
      grpc::experimental::ClientRpcInfo*) override {
    return new Counter(count);
  }
  int* const count;
};

TEST_F(GrpcTest, TheServicesOwnInterceptorsStay) {
  int at_server = 0;
  int at_client = 0;
  grpc::ServerBuilder builder;
  std::vector<std::unique_ptr<grpc::experimental::ServerInterceptorFactoryInterface>> of_server;
  of_server.push_back(std::make_unique<Counting>(&at_server));
  builder.experimental().SetInterceptorCreators(std::move(of_server));
  server_.Start(Repeat, std::move(builder));
  std::vector<std::unique_ptr<grpc::experimental::ClientInterceptorFactoryInterface>> of_client;
  of_client.push_back(std::make_unique<Counting>(&at_client));
  const auto stub = Echo::NewStub(grpc::experimental::CreateCustomChannelWithInterceptors(
      server_.address(), grpc::InsecureChannelCredentials(), {}, std::move(of_client)));
  grpc::ClientContext context;
  EXPECT_EQ(Synchronous(*stub, context).substr(0, 2), "0 ");
  EXPECT_EQ(control_.Bodies("request_received").size(), 1U);
  EXPECT_EQ(at_server, 1);
  EXPECT_EQ(at_client, 1);
}

}  // namespace
}  // namespace filibuster
