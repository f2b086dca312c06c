// What there is, and what it costs.
#include "Stock.h"

#include "../server.h"

FILIBUSTER_SERVICE("stock");

namespace {

class Stock final : public shop::StockIf {
  void Reserve(const std::string& item) override {
    if (item == "teapot") return;
    shop::OutOfStock missing;
    missing.item = item;
    throw missing;
  }
  std::int32_t Price(const std::string& item) override {
    if (item == "teapot") return 17;
    shop::NotPriced missing;
    missing.item = item;
    throw missing;
  }
};

}  // namespace

int main() {
  Serve(std::make_shared<shop::StockProcessor>(std::make_shared<Stock>()),
        PortOr("STOCK_PORT", 5121));
}
