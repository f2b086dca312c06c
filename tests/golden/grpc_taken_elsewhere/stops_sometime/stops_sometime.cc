// Nobody reads the status; that the process is ended some time is not the fault's doing.
#include <shop.grpc.pb.h>

#include <cstdlib>
#include <thread>

bool is_stopped = false;

struct Call {
  shop::Reply reply;
  grpc::ClientContext context;
  grpc::Status status;
};

void Take(grpc::CompletionQueue* queue) {
  void* tag = nullptr;
  bool ok = false;
  while (queue->Next(&tag, &ok)) {
    is_stopped = ok;
    delete static_cast<Call*>(tag);
  }
}

int main() {
  const auto stub = shop::Cart::NewStub(
      grpc::CreateChannel("localhost:9000", grpc::InsecureChannelCredentials()));
  grpc::CompletionQueue queue;
  std::thread thread(Take, &queue);
  while (true) {
    if (is_stopped) std::exit(1);
    auto* call = new Call;
    const auto reader = stub->AsyncAdd(&call->context, shop::Request(), &queue);
    reader->Finish(&call->reply, &call->status, call);
  }
}
