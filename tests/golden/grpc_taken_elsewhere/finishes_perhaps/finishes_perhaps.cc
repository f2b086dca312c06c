// It asks for the result now and then: a call that it asks nothing of can fail unseen.
#include <shop.grpc.pb.h>

#include <cstdlib>
#include <thread>

class Client {
 public:
  explicit Client(std::shared_ptr<grpc::Channel> channel) : stub_(shop::Cart::NewStub(channel)) {}

  void Add() {
    auto* call = new Call;
    call->reader = stub_->AsyncAdd(&call->context, shop::Request(), &queue_);
    if (std::rand() != 1) return;
    call->reader->Finish(&call->reply, &call->status, static_cast<void*>(call));
  }

  void Take() {
    void* tag = nullptr;
    bool ok = false;
    while (queue_.Next(&tag, &ok)) {
      auto* call = static_cast<Call*>(tag);
      if (!call->status.ok()) std::exit(1);
      delete call;
    }
  }

 private:
  struct Call {
    shop::Reply reply;
    grpc::ClientContext context;
    grpc::Status status;
    std::unique_ptr<grpc::ClientAsyncResponseReader<shop::Reply>> reader;
  };

  std::unique_ptr<shop::Cart::Stub> stub_;
  grpc::CompletionQueue queue_;
};

int main() {
  Client client(grpc::CreateChannel("localhost:9000", grpc::InsecureChannelCredentials()));
  std::thread thread(&Client::Take, &client);
  for (int i = 0; i < std::rand(); ++i) client.Add();
  thread.join();
}
