// What completion queues and reactors are told of a call that fails. Run twice, as grpc_test.cc.
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <future>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "tests/runtime/echo_service.h"
#include "tests/runtime/preload_control_server.h"
#include "tests/support/misbehaving_server.h"
#include "tests/support/relay.h"

namespace filibuster {
namespace {

using Json = FakeControlServer::Json;
using Way = MisbehavingServer::Way;

// That the caller has been told of its first message: what its callee waits for, lest the end of
// the call comes first.
class FirstMessage {
 public:
  void Reset() { Set(false); }
  void Sent() { Set(true); }
  void Wait() {
    std::unique_lock<std::mutex> lock(mutex_);
    changed_.wait(lock, [&] { return is_sent_; });
  }

 private:
  void Set(bool is_sent) {
    const std::lock_guard<std::mutex> lock(mutex_);
    is_sent_ = is_sent;
    changed_.notify_all();
  }

  std::mutex mutex_;
  std::condition_variable changed_;
  bool is_sent_ = false;  // guarded by mutex_
} first_message;

// The events in their order, and the end.
using Trace = std::string(Echo::Stub& stub, grpc::ClientContext& context);

class Queue {
 public:
  operator grpc::CompletionQueue*() { return &queue_; }

  // Waits for what has been asked for.
  void Next(const char* what) {
    void* tag = nullptr;
    bool ok = false;
    EXPECT_TRUE(queue_.Next(&tag, &ok));
    events_ += what + std::string(ok ? "+ " : "- ");
  }
  std::string End(const grpc::Status& status, const grpc::ClientContext& context) const {
    return events_ + Seen(status, context);
  }

 private:
  grpc::CompletionQueue queue_;
  std::string events_;
};

std::string Unary(Echo::Stub& stub, grpc::ClientContext& context) {
  Text response;
  grpc::Status status;
  Queue queue;
  const auto call = stub.PrepareAsyncSay(&context, Text(), queue);
  call->StartCall();
  call->ReadInitialMetadata(nullptr);
  queue.Next("metadata");
  call->Finish(&response, &status, nullptr);
  queue.Next("finish");
  return queue.End(status, context);
}

std::string Reader(Echo::Stub& stub, grpc::ClientContext& context) {
  Text response;
  grpc::Status status;
  Queue queue;
  const auto call = stub.AsyncList(&context, Text(), queue, nullptr);
  queue.Next("start");
  call->ReadInitialMetadata(nullptr);
  queue.Next("metadata");
  call->Read(&response, nullptr);
  queue.Next("read");
  call->Finish(&status, nullptr);
  queue.Next("finish");
  return queue.End(status, context);
}

std::string Writer(Echo::Stub& stub, grpc::ClientContext& context) {
  Text response;
  grpc::Status status;
  Queue queue;
  const auto call = stub.AsyncCollect(&context, &response, queue, nullptr);
  queue.Next("start");
  call->Write(Text(), nullptr);
  queue.Next("write");
  call->WritesDone(nullptr);
  queue.Next("done");
  // A half-close that is being sent while the connection ends may be lost or not.
  first_message.Sent();
  call->Finish(&status, nullptr);
  queue.Next("finish");
  return queue.End(status, context);
}

std::string ReaderWriter(Echo::Stub& stub, grpc::ClientContext& context) {
  Text response;
  grpc::Status status;
  Queue queue;
  const auto call = stub.AsyncChat(&context, queue, nullptr);
  queue.Next("start");
  call->Write(Text(), nullptr);
  queue.Next("write");
  first_message.Sent();
  call->Read(&response, nullptr);
  queue.Next("read");
  // Behind the end.
  call->Write(Text(), nullptr);
  queue.Next("write");
  first_message.Sent();
  call->WritesDone(nullptr);
  queue.Next("done");
  call->Finish(&status, nullptr);
  queue.Next("finish");
  return queue.End(status, context);
}

std::string SynchronousWriter(Echo::Stub& stub, grpc::ClientContext& context) {
  Text response;
  response.set_text("untouched");
  const auto writer = stub.Collect(&context, &response);
  const bool written = writer->Write(Text());
  first_message.Sent();
  writer->WaitForInitialMetadata();
  const bool written_behind = writer->Write(Text());
  const bool done = writer->WritesDone();
  const grpc::Status status = writer->Finish();
  return std::to_string(written) + std::to_string(written_behind) + std::to_string(done) +
         response.text() + " " + Seen(status, context);
}

// Of a reactor: those that can happen at a time come in any order.
class Events {
 public:
  void Happened(const char* what, bool ok) {
    const std::lock_guard<std::mutex> lock(mutex_);
    events_.push_back(what + std::string(ok ? "+ " : "- "));
  }
  void Ended(const grpc::Status& status) { end_.set_value(status); }
  std::string End(const grpc::ClientContext& context) {
    const grpc::Status status = end_.get_future().get();
    const std::lock_guard<std::mutex> lock(mutex_);
    std::sort(events_.begin(), events_.end());
    std::string all;
    for (const std::string& event : events_) all += event;
    return all + Seen(status, context);
  }

 private:
  std::mutex mutex_;
  std::vector<std::string> events_;  // guarded by mutex_
  std::promise<grpc::Status> end_;
};

struct UnaryReactor : grpc::ClientUnaryReactor, Events {
  void OnReadInitialMetadataDone(bool ok) override { Happened("metadata", ok); }
  void OnDone(const grpc::Status& status) override { Ended(status); }
};

std::string UnaryByReactor(Echo::Stub& stub, grpc::ClientContext& context) {
  const Text request;
  Text response;
  UnaryReactor reactor;
  stub.async()->Say(&context, &request, &response, &reactor);
  reactor.StartCall();
  return reactor.End(context);
}

struct WriteReactor : grpc::ClientWriteReactor<Text>, Events {
  void OnReadInitialMetadataDone(bool ok) override { Happened("metadata", ok); }
  void OnWriteDone(bool ok) override {
    Happened("write", ok);
    first_message.Sent();
  }
  void OnDone(const grpc::Status& status) override { Ended(status); }
};

std::string WriterByReactor(Echo::Stub& stub, grpc::ClientContext& context) {
  const Text request;
  Text response;
  response.set_text("untouched");
  WriteReactor reactor;
  stub.async()->Collect(&context, &response, &reactor);
  reactor.StartWrite(&request);
  reactor.StartCall();
  return reactor.End(context) + " " + response.text();
}

// Its metadata is sent with its first message, and is waited for before.
std::string CorkedWriterByReactor(Echo::Stub& stub, grpc::ClientContext& context) {
  context.set_initial_metadata_corked(true);
  return WriterByReactor(stub, context);
}

struct BidiReactor : grpc::ClientBidiReactor<Text, Text>, Events {
  void OnReadInitialMetadataDone(bool ok) override { Happened("metadata", ok); }
  void OnReadDone(bool ok) override { Happened("read", ok); }
  void OnWriteDone(bool ok) override {
    Happened("write", ok);
    first_message.Sent();
  }
  void OnDone(const grpc::Status& status) override { Ended(status); }
};

std::string BothByReactor(Echo::Stub& stub, grpc::ClientContext& context) {
  const Text request;
  Text response;
  BidiReactor reactor;
  stub.async()->Chat(&context, &reactor);
  reactor.StartRead(&response);
  reactor.StartWrite(&request);
  reactor.StartCall();
  return reactor.End(context);
}

// Answers once it has read one message, with nothing else than the status.
class OneMessageService : public Echo::Service {
 public:
  explicit OneMessageService(std::function<grpc::Status()> answer) : answer_(std::move(answer)) {}

  grpc::Status Say(grpc::ServerContext*, const Text*, Text*) override { return answer_(); }
  grpc::Status List(grpc::ServerContext*, const Text*, grpc::ServerWriter<Text>*) override {
    return answer_();
  }
  grpc::Status Collect(grpc::ServerContext*, grpc::ServerReader<Text>* reader, Text*) override {
    Text text;
    reader->Read(&text);
    first_message.Wait();
    return answer_();
  }
  grpc::Status Chat(grpc::ServerContext*, grpc::ServerReaderWriter<Text, Text>* stream) override {
    Text text;
    stream->Read(&text);
    first_message.Wait();
    return answer_();
  }

 private:
  const std::function<grpc::Status()> answer_;
};

class GrpcEventsTest : public testing::TestWithParam<Interface<Trace>> {
 protected:
  void SetUp() override { control_.Reset(); }

  void Inject(const char* name, const Json& metadata = Json::object()) {
    control_.OnCreate([=](const Json&) -> Json {
      return {{"forced_exception", {{"name", name}, {"metadata", metadata}}}};
    });
  }

  void Answer(std::function<grpc::Status()> answer) {
    server_.Serve(std::make_unique<OneMessageService>(std::move(answer)));
  }

  // With what is told for people, but for its details.
  std::string Make(int port, std::chrono::milliseconds timeout = std::chrono::minutes(1),
                   bool is_cancelled = false) {
    // A connection of its own, which knows nothing of what failed before.
    first_message.Reset();
    grpc::ChannelArguments arguments;
    arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
    const auto stub = Echo::NewStub(grpc::CreateCustomChannel(
        "127.0.0.1:" + std::to_string(port), grpc::InsecureChannelCredentials(), arguments));
    grpc::ClientContext context;
    context.set_deadline(std::chrono::system_clock::now() + timeout);
    if (is_cancelled) context.TryCancel();
    const std::string seen = GetParam().use(*stub, context);
    const std::string told = context.debug_error_string();
    return seen + " " + told.substr(0, told.find(" {"));
  }

  FakeControlServer& control_ = ControlServer();
  EchoServer server_;
};

INSTANTIATE_TEST_SUITE_P(
    EveryInterface, GrpcEventsTest,
    testing::Values(Interface<Trace>{"Unary", Unary}, Interface<Trace>{"Reader", Reader},
                    Interface<Trace>{"Writer", Writer},
                    Interface<Trace>{"ReaderWriter", ReaderWriter},
                    Interface<Trace>{"SynchronousWriter", SynchronousWriter},
                    Interface<Trace>{"UnaryByReactor", UnaryByReactor},
                    Interface<Trace>{"WriterByReactor", WriterByReactor},
                    Interface<Trace>{"CorkedWriterByReactor", CorkedWriterByReactor},
                    Interface<Trace>{"BothByReactor", BothByReactor}));

TEST_P(GrpcEventsTest, AreThoseOfACallToNobody) {
  const std::string real = Make(server_.port());
  server_.Start(Repeat);
  Inject("grpc::StatusCode::UNAVAILABLE");
  EXPECT_EQ(Make(server_.port()), real);
  EXPECT_TRUE(control_.Bodies("request_received").empty());
}

TEST_P(GrpcEventsTest, AreThoseOfACallThatIsNotConnectedInTime) {
  const MisbehavingServer silent(Way::kStaySilent);
  const auto without_peer = [](const std::string& seen) {
    return seen.substr(0, seen.find("127."));
  };
  const std::string real = Make(silent.port(), std::chrono::milliseconds(100));
  EXPECT_NE(real.find("4 'Deadline Exceeded'"), real.npos) << real;
  server_.Start(Repeat);
  Inject("grpc::StatusCode::DEADLINE_EXCEEDED");
  EXPECT_EQ(without_peer(Make(server_.port())), without_peer(real));
  EXPECT_TRUE(control_.Bodies("request_received").empty());
}

TEST_P(GrpcEventsTest, AreThoseOfACallThatIsCancelledBeforeItIsMade) {
  server_.Start(Repeat);
  const std::string real = Make(server_.port(), std::chrono::minutes(1), true);
  EXPECT_NE(real.find("1 'CANCELLED'"), real.npos) << real;
  Inject("grpc::StatusCode::CANCELLED");
  EXPECT_EQ(Make(server_.port()), real);
  EXPECT_TRUE(control_.Bodies("request_received").empty());
}

TEST_P(GrpcEventsTest, AreThoseOfACallThatIsAnsweredWithACode) {
  // peer() of a call that was answered names the connection: ipv4:127.0.0.1:5001.
  const auto without_scheme = [](std::string seen) {
    for (size_t at; (at = seen.find("ipv4:")) != seen.npos;) seen.erase(at, 5);
    return seen;
  };
  Answer([] { return grpc::Status(grpc::StatusCode::RESOURCE_EXHAUSTED, ""); });
  const std::string real = Make(server_.port());
  EXPECT_NE(real.find("8 '' '' 0 0 "), real.npos) << real;
  EXPECT_NE(real.find("UNKNOWN:Error received from peer ipv4:"), real.npos) << real;
  const size_t received = control_.Bodies("request_received").size();
  control_.OnCreate([](const Json&) {
    return Json::parse(R"({"failure_metadata":
                           {"exception": {"metadata": {"code": "RESOURCE_EXHAUSTED"}}}})");
  });
  EXPECT_EQ(without_scheme(Make(server_.port())), without_scheme(real));
  EXPECT_EQ(control_.Bodies("request_received").size(), received);
}

TEST_P(GrpcEventsTest, AreThoseOfACallWhoseServerDies) {
  Relay relay(server_.port());
  std::promise<void> release;
  Answer([&] {
    relay.Break();
    release.get_future().wait();
    return grpc::Status::OK;
  });
  const std::string real = Make(relay.port());
  release.set_value();
  EXPECT_NE(real.find("14 'Socket closed' '' 0 0 "), real.npos) << real;
  Answer([] { return grpc::Status::OK; });
  Inject("grpc::StatusCode::UNAVAILABLE", {{"abort", false}});
  EXPECT_EQ(Make(relay.port()), real);
  EXPECT_EQ(control_.Bodies("request_received").size(), 2U);
}

}  // namespace
}  // namespace filibuster
