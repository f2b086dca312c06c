// Streams that fail behind some of their answers. Run twice, as grpc_test.cc.
#include <gtest/gtest.h>

#include <chrono>
#include <functional>
#include <future>
#include <string>
#include <utility>

#include "tests/runtime/echo_service.h"
#include "tests/runtime/preload_control_server.h"
#include "tests/support/relay.h"

namespace filibuster {
namespace {

using Json = FakeControlServer::Json;

constexpr int kForEver = -1;

// Answers 1, 2, 3 … and ends with a status.
struct Numbers {
  int count = kForEver;
  grpc::Status status;
  std::shared_future<void> before_end;  // waited for

  template <typename Stream>
  grpc::Status SendTo(Stream* stream, grpc::ServerContext* context) const {
    context->AddInitialMetadata("unit", "piece");
    if (status.ok()) context->AddTrailingMetadata("balance", "0");
    Text text;
    for (int i = 0; i != count; ++i) {
      text.set_text(std::to_string(i + 1));
      if (!stream->Write(text)) break;
    }
    if (before_end.valid()) before_end.wait();
    return status;
  }
};

class NumbersService : public Echo::Service {
 public:
  explicit NumbersService(Numbers numbers) : numbers_(std::move(numbers)) {}

  grpc::Status List(grpc::ServerContext* context, const Text*,
                    grpc::ServerWriter<Text>* writer) override {
    return numbers_.SendTo(writer, context);
  }
  grpc::Status Chat(grpc::ServerContext* context,
                    grpc::ServerReaderWriter<Text, Text>* stream) override {
    return numbers_.SendTo(stream, context);
  }

 private:
  const Numbers numbers_;
};

// Reads until there is no more: what was read, and how it ended. `on_answer` is told how many there
// have been.
using OnAnswer = std::function<void(int answers)>;
using ReadAll = std::string(Echo::Stub& stub, grpc::ClientContext& context, OnAnswer on_answer);

std::string EndOf(int answers, const std::string& read, const grpc::Status& status,
                  const grpc::ClientContext& context) {
  return std::to_string(answers) + " answers: " + read + " " + Seen(status, context);
}

std::string Reader(Echo::Stub& stub, grpc::ClientContext& context, OnAnswer on_answer) {
  Text response;
  std::string read;
  int answers = 0;
  const auto reader = stub.List(&context, Text());
  while (reader->Read(&response)) {
    read += response.text();
    on_answer(++answers);
  }
  const grpc::Status status = reader->Finish();
  return EndOf(answers, read, status, context);
}

std::string AsynchronousReader(Echo::Stub& stub, grpc::ClientContext& context, OnAnswer on_answer) {
  grpc::CompletionQueue queue;
  const auto is_done = [&] {
    void* tag = nullptr;
    bool ok = false;
    return queue.Next(&tag, &ok) && ok;
  };
  const auto reader = stub.AsyncList(&context, Text(), &queue, nullptr);
  is_done();
  Text response;
  std::string read;
  int answers = 0;
  for (reader->Read(&response, nullptr); is_done(); reader->Read(&response, nullptr)) {
    read += response.text();
    on_answer(++answers);
  }
  grpc::Status status;
  reader->Finish(&status, nullptr);
  is_done();
  return EndOf(answers, read, status, context);
}

// What is sent behind the end is not.
std::string ReaderWriter(Echo::Stub& stub, grpc::ClientContext& context, OnAnswer on_answer) {
  Text response;
  std::string read;
  int answers = 0;
  const auto stream = stub.Chat(&context);
  while (stream->Read(&response)) {
    read += response.text();
    on_answer(++answers);
  }
  const bool written = stream->Write(response);
  const grpc::Status status = stream->Finish();
  return EndOf(answers, read, status, context) + " " + std::to_string(written);
}

template <typename Base>
class Reactor : public Base {
 public:
  explicit Reactor(OnAnswer on_answer) : on_answer_(std::move(on_answer)) {}

  std::string Run(const grpc::ClientContext& context) {
    this->StartRead(&response_);
    this->StartCall();
    const grpc::Status status = done_.get_future().get();
    const std::string end = EndOf(answers_, read_, status, context);
    return end.substr(0, end.size() - context.peer().size());  // which a cancelled call has not
  }

 private:
  void OnReadDone(bool ok) override {
    if (!ok) return;
    read_ += response_.text();
    on_answer_(++answers_);
    this->StartRead(&response_);
  }
  void OnDone(const grpc::Status& status) override { done_.set_value(status); }

  const OnAnswer on_answer_;
  Text response_;
  std::string read_;
  int answers_ = 0;
  std::promise<grpc::Status> done_;
};

std::string ReadReactor(Echo::Stub& stub, grpc::ClientContext& context, OnAnswer on_answer) {
  const Text request;
  Reactor<grpc::ClientReadReactor<Text>> reactor(std::move(on_answer));
  stub.async()->List(&context, &request, &reactor);
  return reactor.Run(context);
}

std::string BidiReactor(Echo::Stub& stub, grpc::ClientContext& context, OnAnswer on_answer) {
  Reactor<grpc::ClientBidiReactor<Text, Text>> reactor(std::move(on_answer));
  stub.async()->Chat(&context, &reactor);
  return reactor.Run(context);
}

class GrpcStreamTest : public testing::TestWithParam<Interface<ReadAll>> {
 protected:
  void SetUp() override { control_.Reset(); }

  void Inject(const char* name, const Json& metadata) {
    control_.OnCreate([=](const Json&) -> Json {
      return {{"forced_exception", {{"name", name}, {"metadata", metadata}}}};
    });
  }

  std::string Read(OnAnswer on_answer = [](int) {}) {
    // A connection of its own, which knows nothing of what failed before.
    grpc::ChannelArguments arguments;
    arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
    const auto stub =
        Echo::NewStub(grpc::CreateCustomChannel("127.0.0.1:" + std::to_string(relay_.port()),
                                                grpc::InsecureChannelCredentials(), arguments));
    grpc::ClientContext context;
    context.set_deadline(std::chrono::system_clock::now() + std::chrono::minutes(1));
    return GetParam().use(*stub, context, std::move(on_answer));
  }

  FakeControlServer& control_ = ControlServer();
  EchoServer server_;
  Relay relay_{server_.port()};
};

INSTANTIATE_TEST_SUITE_P(EveryInterface, GrpcStreamTest,
                         testing::Values(Interface<ReadAll>{"Reader", Reader},
                                         Interface<ReadAll>{"AsynchronousReader",
                                                            AsynchronousReader},
                                         Interface<ReadAll>{"ReaderWriter", ReaderWriter},
                                         Interface<ReadAll>{"ReadReactor", ReadReactor},
                                         Interface<ReadAll>{"BidiReactor", BidiReactor}));

TEST_P(GrpcStreamTest, FailsBehindAnswersAsWhenItsServerEndsItThere) {
  server_.Serve(std::make_unique<NumbersService>(
      Numbers{3, grpc::Status(grpc::StatusCode::INTERNAL, ""), {}}));
  const std::string real = Read();
  EXPECT_EQ(real.substr(0, 27), "3 answers: 123 13 '' '' 1 0") << real;
  server_.Serve(std::make_unique<NumbersService>(Numbers{}));
  Inject("grpc::StatusCode::INTERNAL", {{"abort", false}, {"messages", 3}});
  EXPECT_EQ(Read(), real);
}

TEST_P(GrpcStreamTest, FailsBehindAnswersAsWhenItsServerDiesThere) {
  std::promise<void> release;
  server_.Serve(std::make_unique<NumbersService>(Numbers{2, {}, release.get_future().share()}));
  const std::string real = Read([&](int answers) {
    if (answers == 2) relay_.Break();
  });
  release.set_value();
  EXPECT_EQ(real.substr(0, 35), "2 answers: 12 14 'Socket closed' ''") << real;
  server_.Serve(std::make_unique<NumbersService>(Numbers{}));
  Inject("grpc::StatusCode::UNAVAILABLE", {{"abort", false}, {"messages", 2}});
  EXPECT_EQ(Read(), real);
  EXPECT_EQ(control_.Bodies("invocation_complete").back()["exception"],
            Json({{"name", "grpc::StatusCode::UNAVAILABLE"},
                  {"metadata", {{"abort", false}, {"code", "UNAVAILABLE"}, {"messages", 2}}}}));
  EXPECT_EQ(control_.Bodies("request_received").size(), 2U);
}

TEST_P(GrpcStreamTest, FailsAtItsStatusIfItHasNotSoManyAnswers) {
  server_.Serve(std::make_unique<NumbersService>(
      Numbers{2, grpc::Status(grpc::StatusCode::INTERNAL, ""), {}}));
  const std::string real = Read();
  server_.Serve(std::make_unique<NumbersService>(Numbers{2, {}, {}}));
  for (const Json& metadata : {Json{{"abort", false}}, Json{{"abort", false}, {"messages", 3}}}) {
    Inject("grpc::StatusCode::INTERNAL", metadata);
    EXPECT_EQ(Read(), real);
  }
}

using GrpcStreamStatusTest = GrpcStreamTest;
INSTANTIATE_TEST_SUITE_P(EveryInterface, GrpcStreamStatusTest,
                         testing::Values(Interface<ReadAll>{"Reader", Reader}));

TEST_P(GrpcStreamStatusTest, ThatNobodyAsksForIsReportedAllTheSame) {
  server_.Serve(std::make_unique<NumbersService>(Numbers{}));
  Inject("grpc::StatusCode::INTERNAL", {{"abort", false}, {"messages", 1}});
  {
    const auto stub = server_.NewStub();
    grpc::ClientContext context;
    const auto reader = stub->List(&context, Text());
    Text response;
    EXPECT_TRUE(reader->Read(&response));
    EXPECT_FALSE(reader->Read(&response));
  }
  EXPECT_EQ(control_.Bodies("invocation_complete").at(0)["exception"]["name"],
            "grpc::StatusCode::INTERNAL");
}

}  // namespace
}  // namespace filibuster
