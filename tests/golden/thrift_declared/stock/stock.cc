#include <Stock.h>

class StockHandler : public shop::StockIf {
 public:
  int Take(const std::string& item) override {
    if (item.empty()) throw shop::OutOfStock();
    return 1;
  }
};

int main() {
  apache::thrift::server::TThreadedServer server(
      std::make_shared<shop::StockProcessor>(std::make_shared<StockHandler>()),
      std::make_shared<apache::thrift::transport::TServerSocket>(9090));
  server.serve();
}
