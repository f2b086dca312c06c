// A server and a client that take from completion queues: requests are answered by who takes them,
// and the result of a call is known where somebody asks for it.
#include <shop.grpc.pb.h>

shop::Cart::Stub& Stub() {
  static const auto stub = shop::Cart::NewStub(
      grpc::CreateChannel("localhost:9000", grpc::InsecureChannelCredentials()));
  return *stub;
}

// Waits for the result where the call is made.
bool Add() {
  struct Pending {
    grpc::ClientContext context;
    grpc::Status status;
    shop::Reply reply;
  };
  auto* pending = new Pending;
  grpc::CompletionQueue queue;
  const auto reader = Stub().AsyncAdd(&pending->context, shop::Request(), &queue);
  reader->Finish(&pending->reply, &pending->status, pending);
  void* tag = nullptr;
  bool ok = false;
  queue.Next(&tag, &ok);
  return pending->status.ok();
}

// Leaves the result to whoever takes from the queue.
grpc::CompletionQueue* later = new grpc::CompletionQueue;
void AddLater() {
  auto* context = new grpc::ClientContext;
  auto* status = new grpc::Status;
  auto* reply = new shop::Reply;
  const auto reader = Stub().AsyncAdd(context, shop::Request(), later);
  reader->Finish(reply, status, status);
}

class Call {
 public:
  Call(shop::Cart::AsyncService* service, grpc::ServerCompletionQueue* queue)
      : service_(service), queue_(queue), writer_(&context_) {
    Proceed();
  }

  void Proceed() {
    if (state_ == State::kCreated) {
      state_ = State::kWaiting;
      service_->RequestAdd(&context_, &request_, &writer_, queue_, queue_, this);
    } else if (state_ == State::kWaiting) {
      new Call(service_, queue_);
      state_ = State::kDone;
      AddLater();
      if (Add()) {
        writer_.Finish(reply_, grpc::Status::OK, this);
      } else {
        writer_.FinishWithError(grpc::Status(grpc::NOT_FOUND, "no cart"), this);
      }
    } else {
      delete this;
    }
  }

 private:
  enum class State { kCreated, kWaiting, kDone };
  shop::Cart::AsyncService* service_;
  grpc::ServerCompletionQueue* queue_;
  grpc::ServerContext context_;
  shop::Request request_;
  shop::Reply reply_;
  grpc::ServerAsyncResponseWriter<shop::Reply> writer_;
  State state_ = State::kCreated;
};

int main() {
  shop::Cart::AsyncService service;
  grpc::ServerBuilder builder;
  builder.AddListeningPort("0.0.0.0:8000", grpc::InsecureServerCredentials());
  builder.RegisterService(&service);
  const auto queue = builder.AddCompletionQueue();
  const auto server = builder.BuildAndStart();
  new Call(&service, queue.get());
  void* tag = nullptr;
  bool ok = false;
  while (queue->Next(&tag, &ok)) static_cast<Call*>(tag)->Proceed();
}
