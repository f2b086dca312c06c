// Another thread waits for results, and ends the process when a call has failed. Whether it does so
// for every call is not looked into: it may take some only, or stop, or start later.
#include <shop.grpc.pb.h>

#include <cstdlib>
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
      if (!is_tolerant_) {
        if (!call->status.ok()) std::exit(1);
      } else if (!call->status.ok()) {
        std::abort();
      }
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
  bool is_tolerant_ = false;
};

int main() {
  Client client(grpc::CreateChannel("localhost:9000", grpc::InsecureChannelCredentials()));
  std::thread thread(&Client::Take, &client);
  for (int i = 0; i < std::rand(); ++i) client.Add();
  thread.join();
}
