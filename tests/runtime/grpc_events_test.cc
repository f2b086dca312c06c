// What completion queues and reactors are told of a call that is not made. Run twice, as
// grpc_test.cc.
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <future>
#include <mutex>
#include <string>
#include <vector>

#include "tests/runtime/echo_service.h"
#include "tests/runtime/preload_control_server.h"
#include "tests/support/misbehaving_server.h"

namespace filibuster {
namespace {

using Json = FakeControlServer::Json;
using Way = MisbehavingServer::Way;

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
  call->Read(&response, nullptr);
  queue.Next("read");
  call->Finish(&status, nullptr);
  queue.Next("finish");
  return queue.End(status, context);
}

std::string SynchronousWriter(Echo::Stub& stub, grpc::ClientContext& context) {
  Text response;
  const auto writer = stub.Collect(&context, &response);
  const bool written = writer->Write(Text());
  const bool done = writer->WritesDone();
  const grpc::Status status = writer->Finish();
  return std::to_string(written) + std::to_string(done) + " " + Seen(status, context);
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

struct BidiReactor : grpc::ClientBidiReactor<Text, Text>, Events {
  void OnReadInitialMetadataDone(bool ok) override { Happened("metadata", ok); }
  void OnReadDone(bool ok) override { Happened("read", ok); }
  void OnWriteDone(bool ok) override { Happened("write", ok); }
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

class GrpcEventsTest : public testing::TestWithParam<Interface<Trace>> {
 protected:
  void SetUp() override { control_.Reset(); }

  void Inject(const char* name) {
    control_.OnCreate([=](const Json&) -> Json {
      return {{"forced_exception", {{"name", name}, {"metadata", Json::object()}}}};
    });
  }

  std::string Make(int port, std::chrono::milliseconds timeout = std::chrono::minutes(1)) {
    // A connection of its own, which knows nothing of what failed before.
    grpc::ChannelArguments arguments;
    arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
    const auto stub = Echo::NewStub(grpc::CreateCustomChannel(
        "127.0.0.1:" + std::to_string(port), grpc::InsecureChannelCredentials(), arguments));
    grpc::ClientContext context;
    context.set_deadline(std::chrono::system_clock::now() + timeout);
    const std::string seen = GetParam().use(*stub, context);
    EXPECT_NE(context.debug_error_string(), "");
    return seen;
  }

  FakeControlServer& control_ = ControlServer();
  EchoServer server_;
};

INSTANTIATE_TEST_SUITE_P(EveryInterface, GrpcEventsTest,
                         testing::Values(Interface<Trace>{"Unary", Unary},
                                         Interface<Trace>{"Reader", Reader},
                                         Interface<Trace>{"Writer", Writer},
                                         Interface<Trace>{"ReaderWriter", ReaderWriter},
                                         Interface<Trace>{"SynchronousWriter", SynchronousWriter},
                                         Interface<Trace>{"UnaryByReactor", UnaryByReactor},
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

}  // namespace
}  // namespace filibuster
