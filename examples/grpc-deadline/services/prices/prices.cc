// The price of an item. The one service of the three that takes part by itself.
#include <filibuster/grpc.h>

#include "../server.h"
#include "shop.grpc.pb.h"

FILIBUSTER_SERVICE("prices");

namespace {

class Prices final : public shop::Prices::Service {
  grpc::Status Get(grpc::ServerContext*, const shop::Item* item, shop::Price* price) override {
    if (item->name() != "teapot") return {grpc::StatusCode::NOT_FOUND, "no such item"};
    price->set_amount("17.50");
    return grpc::Status::OK;
  }
};

}  // namespace

int main() {
  Prices prices;
  return Serve(prices, EnvOr("PRICES_ADDRESS", "127.0.0.1:5111"));
}
