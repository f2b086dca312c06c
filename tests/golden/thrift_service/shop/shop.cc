// Calls stock by its address; a handler of its own interface that logs and throws on.
#include <Stock.h>

#include <iostream>

class ShopHandler : public shop::StockIf {
 public:
  int Take(const std::string& item) override {
    auto socket =
        std::make_shared<apache::thrift::transport::TSocket>("127.0.0.1", 9090);
    shop::StockClient client(
        std::make_shared<apache::thrift::protocol::TBinaryProtocol>(socket));
    try {
      return client.Take(item);
    } catch (...) {
      std::cerr << "stock failed\n";
      throw;
    }
  }
};

int main() {
  apache::thrift::server::TThreadedServer server(
      std::make_shared<shop::StockProcessor>(std::make_shared<ShopHandler>()),
      std::make_shared<apache::thrift::transport::TServerSocket>(9091));
  server.serve();
}
