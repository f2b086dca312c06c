// An exception passes through, of a call or of the handler's own: the interface declares it of one
// method, of another it does not, and of a third there is no telling.
#include <Cart.h>

#include <stdexcept>

struct NoException {};
struct AllGone : shop::OutOfStock {};
struct TooLong : apache::thrift::TException {};

shop::StockClient Stock() {
  return shop::StockClient(std::make_shared<apache::thrift::protocol::TBinaryProtocol>(
      std::make_shared<apache::thrift::transport::TSocket>("127.0.0.1", 9090)));
}

class CartHandler : public shop::CartIf {
 public:
  int Add(const std::string& item) override {
    if (item.empty()) throw shop::OutOfStock();
    auto stock = Stock();
    return stock.Take(item);
  }
  int Count(const std::string& item) override {
    if (item.empty()) throw NoException();
    if (item.size() > 7) throw AllGone();
    if (item.size() > 9) throw TooLong();
    auto stock = Stock();
    return stock.Take(item);
  }
  void Drop(const std::string& item) override {
    auto stock = Stock();
    if (item.empty()) stock.Take(item);
    try {
      stock.Take(item);
    } catch (const std::exception&) {
      if (item.size() > 7) throw TooLong();
      throw std::runtime_error("none");
    }
  }
};

int main() {
  apache::thrift::server::TThreadedServer server(
      std::make_shared<shop::CartProcessor>(std::make_shared<CartHandler>()),
      std::make_shared<apache::thrift::transport::TServerSocket>(9092));
  server.serve();
}
