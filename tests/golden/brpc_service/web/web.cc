// A status of HTTP is a status; a code of brpc's own is none, and not known.
#include <brpc/brpc.h>

class Cart : public shop::CartService {
 public:
  void Add(google::protobuf::RpcController* base, const shop::Request* request, shop::Reply*,
           google::protobuf::Closure*) override {
    auto* controller = static_cast<brpc::Controller*>(base);
    if (request == nullptr) {
      controller->http_response().set_status_code(400);
    } else if (IsFull()) {
      controller->SetFailed(brpc::EINTERNAL, "full");
    }
  }

 private:
  static bool IsFull();
};
