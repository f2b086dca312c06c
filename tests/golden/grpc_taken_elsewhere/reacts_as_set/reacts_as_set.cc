// What the thread does with a failed call is set after it was started.
#include <shop.grpc.pb.h>

#include <cstdio>
#include <cstdlib>
#include <functional>
#include <thread>

class Client {
 public:
  explicit Client(std::shared_ptr<grpc::Channel> channel) : stub_(shop::Cart::NewStub(channel)) {}

  void Add() {
    auto* call = new Call;
    call->reader = stub_->AsyncAdd(&call->context, shop::Request(), &queue_);
    call->reader->Finish(&call->reply, &call->status, static_cast<void*>(call));
  }

  void Take() {
    void* tag = nullptr;
    bool ok = false;
    while (queue_.Next(&tag, &ok)) {
      auto* call = static_cast<Call*>(tag);
      if (!call->status.ok()) on_failure_();
      delete call;
    }
  }

  void OnFailure(std::function<void()> on_failure) { on_failure_ = std::move(on_failure); }

 private:
  struct Call {
    shop::Reply reply;
    grpc::ClientContext context;
    grpc::Status status;
    std::unique_ptr<grpc::ClientAsyncResponseReader<shop::Reply>> reader;
  };

  std::unique_ptr<shop::Cart::Stub> stub_;
  grpc::CompletionQueue queue_;
  std::function<void()> on_failure_ = [] { std::exit(1); };
};

int main() {
  Client client(grpc::CreateChannel("localhost:9000", grpc::InsecureChannelCredentials()));
  std::thread thread(&Client::Take, &client);
  client.OnFailure([] { std::puts("a call has failed"); });
  for (int i = 0; i < std::rand(); ++i) client.Add();
  thread.join();
}
