// The page of an item: its price, and what people say of it. The page is shown without what cannot
// be had.
//
// Planted bug: see Opinions().
#include <chrono>
#include <memory>

#include "../server.h"
#include "shop.grpc.pb.h"

namespace {

std::shared_ptr<grpc::Channel> Connect(const char* variable, const char* otherwise) {
  return grpc::CreateChannel(EnvOr(variable, otherwise), grpc::InsecureChannelCredentials());
}

class Shop final : public shop::Shop::Service {
 public:
  grpc::Status Show(grpc::ServerContext*, const shop::Item* item, shop::Page* page) override {
    page->set_price(Price(*item));
    *page->mutable_reviews() = Opinions(*item).text();
    return grpc::Status::OK;
  }

 private:
  std::string Price(const shop::Item& item) {
    grpc::ClientContext context;
    context.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(2));
    shop::Price price;
    const grpc::Status status = prices_->Get(&context, item, &price);
    return status.ok() ? price.amount() : "?";
  }

  shop::Opinions Opinions(const shop::Item& item) {
    grpc::ClientContext context;  // The bug: no deadline. A page waits for as long as reviews does.
    shop::Opinions opinions;
    const grpc::Status status = reviews_->List(&context, item, &opinions);
    return status.ok() ? opinions : shop::Opinions();
  }

  const std::unique_ptr<shop::Prices::Stub> prices_ =
      shop::Prices::NewStub(Connect("PRICES_ADDRESS", "127.0.0.1:5111"));
  const std::unique_ptr<shop::Reviews::Stub> reviews_ =
      shop::Reviews::NewStub(Connect("REVIEWS_ADDRESS", "127.0.0.1:5112"));
};

}  // namespace

int main() {
  Shop shop;
  return Serve(shop, EnvOr("SHOP_ADDRESS", "127.0.0.1:5110"));
}
