// A declared exception goes to the caller as itself, another as an application exception.
#include <Stock.h>

#include <stdexcept>

class StockHandler : public shop::StockIf {
 public:
  int Take(const std::string& item) override {
    if (item.empty()) throw std::invalid_argument("no item");
    const int left = Left(item);
    if (left == 0) throw shop::OutOfStock();
    return left;
  }

 private:
  static int Left(const std::string& item) { return item.size() % 3; }
};

int main() {
  auto handler = std::make_shared<StockHandler>();
  apache::thrift::server::TThreadedServer server(
      std::make_shared<shop::StockProcessor>(handler),
      std::make_shared<apache::thrift::transport::TServerSocket>(9090));
  server.serve();
}
