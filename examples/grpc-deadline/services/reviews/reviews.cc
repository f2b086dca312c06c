// What people say of an item.
#include "../server.h"
#include "shop.grpc.pb.h"

namespace {

class Reviews final : public shop::Reviews::Service {
  grpc::Status List(grpc::ServerContext*, const shop::Item*, shop::Opinions* opinions) override {
    opinions->add_text("It pours.");
    return grpc::Status::OK;
  }
};

}  // namespace

int main() {
  Reviews reviews;
  return Serve(reviews, EnvOr("REVIEWS_ADDRESS", "127.0.0.1:5112"));
}
