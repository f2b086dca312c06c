// Where gRPC goes on with a request on threads of its own.
#include <filibuster/grpc.h>
#include <grpcpp/generic/async_generic_service.h>
#include <gtest/gtest.h>

#include <future>
#include <memory>
#include <stdexcept>
#include <thread>
#include <vector>

#include "tests/runtime/echo_service.h"
#include "tests/runtime/preload_control_server.h"

namespace filibuster {
namespace {

using Json = FakeControlServer::Json;

class GrpcContextTest : public testing::Test {
 protected:
  void SetUp() override {
    ControlServer().Reset();
    back_.Start(Repeat);
    stub_ = back_.NewStub();
  }

  // Two calls have been made: one, and for it another.
  static void ExpectTheSecondToBelongToTheFirst() {
    const std::vector<Json> creates = ControlServer().Bodies("invocation");
    ASSERT_EQ(creates.size(), 2U);
    const auto index = [&](size_t i) {
      return Json::parse(creates[i]["execution_index"].get<std::string>());
    };
    ASSERT_EQ(index(0).size(), 1U);
    ASSERT_EQ(index(1).size(), 2U);
    EXPECT_EQ(index(1)[0], index(0)[0]);
  }

  EchoServer back_;
  std::unique_ptr<Echo::Stub> stub_;
};

TEST_F(GrpcContextTest, ARequestFromACompletionQueueIsAskedFor) {
  const ReservedPort port;
  const std::string address = "127.0.0.1:" + std::to_string(port.number());
  Echo::AsyncService service;
  grpc::ServerBuilder builder;
  builder.AddListeningPort(address, grpc::InsecureServerCredentials());
  builder.RegisterService(&service);
  const auto queue = builder.AddCompletionQueue();
  const auto server = builder.BuildAndStart();
  std::thread worker([&] {
    grpc::ServerContext request_context;
    grpc::ServerAsyncResponseWriter<Text> writer(&request_context);
    Text request;
    Text response;
    service.RequestSay(&request_context, &request, &writer, queue.get(), queue.get(), &request);
    void* tag = nullptr;
    bool ok = false;
    if (queue->Next(&tag, &ok) && ok) {
      const ContextScope scope(ContextOf(request_context));
      grpc::ClientContext context;
      const grpc::Status status = stub_->Say(&context, request, &response);
      writer.Finish(response, status, &response);
      queue->Next(&tag, &ok);
    }
  });
  const auto front =
      Echo::NewStub(grpc::CreateChannel(address, grpc::InsecureChannelCredentials()));
  grpc::ClientContext context;
  Text response;
  EXPECT_TRUE(front->Say(&context, Text(), &response).ok());
  worker.join();
  server->Shutdown();
  queue->Shutdown();
  for (auto [tag, ok] = std::pair<void*, bool>(); queue->Next(&tag, &ok);) {
  }
  ExpectTheSecondToBelongToTheFirst();
}

TEST_F(GrpcContextTest, ACallbackTakesTheRequestAlong) {
  EchoServer front;
  front.Start([&](const Text& request, Text* response) {
    std::promise<grpc::Status> done;
    grpc::ClientContext first;
    grpc::ClientContext second;
    stub_->async()->Say(&first, &request, response, InContext([&](const grpc::Status&) {
      stub_->async()->Say(&second, &request, response,
                          [&](grpc::Status status) { done.set_value(status); });
    }));
    return done.get_future().get();
  });
  grpc::ClientContext context;
  Text response;
  EXPECT_TRUE(front.NewStub()->Say(&context, Text(), &response).ok());
  const std::vector<Json> creates = ControlServer().Bodies("invocation");
  ASSERT_EQ(creates.size(), 3U);
  for (const size_t i : {1, 2}) {
    const Json index = Json::parse(creates[i]["execution_index"].get<std::string>());
    ASSERT_EQ(index.size(), 2U);
    EXPECT_EQ(index[0], Json::parse(creates[0]["execution_index"].get<std::string>())[0]);
  }
}

// Calls another service when a stream's first answer is sent: on a thread of gRPC's.
class CallingReactor : public grpc::ServerWriteReactor<Text> {
 public:
  CallingReactor(Echo::Stub& stub, const grpc::CallbackServerContext& context)
      : stub_(stub), context_(context) {
    StartWrite(&text_);
  }
  void OnWriteDone(bool) override {
    const ContextScope scope(ContextOf(context_));
    grpc::ClientContext context;
    Finish(stub_.Say(&context, text_, &response_));
  }
  void OnDone() override { delete this; }

 private:
  Echo::Stub& stub_;
  const grpc::CallbackServerContext& context_;
  const Text text_;
  Text response_;
};

class CallingService : public Echo::CallbackService {
 public:
  explicit CallingService(Echo::Stub& stub) : stub_(stub) {}
  grpc::ServerWriteReactor<Text>* List(grpc::CallbackServerContext* context,
                                       const Text*) override {
    return new CallingReactor(stub_, *context);
  }

 private:
  Echo::Stub& stub_;
};

TEST_F(GrpcContextTest, AReactorAsksForItsRequest) {
  EchoServer front;
  front.Serve(std::make_unique<CallingService>(*stub_));
  grpc::ClientContext context;
  Text response;
  const auto stub = front.NewStub();
  const auto reader = stub->List(&context, Text());
  while (reader->Read(&response)) {
  }
  EXPECT_TRUE(reader->Finish().ok());
  ExpectTheSecondToBelongToTheFirst();
}

TEST_F(GrpcContextTest, ARequestOfAGenericServiceIsAskedFor) {
  const ReservedPort port;
  const std::string address = "127.0.0.1:" + std::to_string(port.number());
  grpc::AsyncGenericService service;
  grpc::ServerBuilder builder;
  builder.AddListeningPort(address, grpc::InsecureServerCredentials());
  builder.RegisterAsyncGenericService(&service);
  const auto queue = builder.AddCompletionQueue();
  const auto server = builder.BuildAndStart();
  grpc::GenericServerContext request;
  grpc::GenericServerAsyncReaderWriter stream(&request);
  const auto is_done = [&] {
    void* tag = nullptr;
    bool ok = false;
    return queue->Next(&tag, &ok) && ok;
  };
  service.RequestCall(&request, &stream, queue.get(), queue.get(), nullptr);
  std::thread worker([&] {
    ASSERT_TRUE(is_done());
    const ContextScope scope(ContextOf(request));
    grpc::ClientContext context;
    Text response;
    EXPECT_TRUE(stub_->Say(&context, Text(), &response).ok());
    stream.Finish(grpc::Status(grpc::StatusCode::NOT_FOUND, ""), nullptr);
    EXPECT_TRUE(is_done());
  });
  const auto front =
      Echo::NewStub(grpc::CreateChannel(address, grpc::InsecureChannelCredentials()));
  grpc::ClientContext context;
  Text response;
  EXPECT_EQ(front->Say(&context, Text(), &response).error_code(), grpc::StatusCode::NOT_FOUND);
  worker.join();
  server->Shutdown();
  queue->Shutdown();
  while (is_done()) {
  }
  ExpectTheSecondToBelongToTheFirst();
}

TEST_F(GrpcContextTest, AHandlerThatThrowsHasBeenInItsRequest) {
  EchoServer front;
  front.Start([&](const Text& request, Text* response) -> grpc::Status {
    grpc::ClientContext context;
    stub_->Say(&context, request, response);
    throw std::runtime_error("no more");
  });
  grpc::ClientContext context;
  Text response;
  EXPECT_EQ(front.NewStub()->Say(&context, Text(), &response).error_code(),
            grpc::StatusCode::UNKNOWN);
  ExpectTheSecondToBelongToTheFirst();
  const std::vector<Json> ends = ControlServer().Bodies("invocation_complete");
  EXPECT_EQ(ends.back()["exception"]["metadata"]["code"], "UNKNOWN");
}

TEST_F(GrpcContextTest, ARequestThatIsOverIsNotKnown) {
  const grpc::ServerContext context;
  EXPECT_EQ(ContextOf(context), nullptr);
}

}  // namespace
}  // namespace filibuster
