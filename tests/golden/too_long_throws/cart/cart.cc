// Handlers that are too long to follow: of what they throw, only what their interface declares goes
// to the caller as itself.
#include <Cart.h>

struct AllGone : shop::OutOfStock {};
struct TooLong : apache::thrift::TException {};

class CartHandler : public shop::CartIf {
 public:
  int Add(const std::string& item) override {
    int work = item.size();
    for (int a = 0; a < 15; ++a)
      for (int b = 0; b < 15; ++b)
        for (int c = 0; c < 15; ++c)
          for (int d = 0; d < 15; ++d)
            for (int e = 0; e < 15; ++e)
              for (int f = 0; f < 15; ++f) work = work + a * b - c;
    if (work == 3) throw TooLong();
    Fetch(item);
    return work;
  }
  int Count(const std::string& item) override {
    int work = item.size();
    for (int a = 0; a < 15; ++a)
      for (int b = 0; b < 15; ++b)
        for (int c = 0; c < 15; ++c)
          for (int d = 0; d < 15; ++d)
            for (int e = 0; e < 15; ++e)
              for (int f = 0; f < 15; ++f) work = work + a * b - c;
    if (work == 3) throw AllGone();
    if (work == 4) throw TooLong();
    Fetch(item);
    return work;
  }
  void Drop(const std::string&) override {}

 private:
  static int Fetch(const std::string& item) {
    shop::StockClient stock(std::make_shared<apache::thrift::protocol::TBinaryProtocol>(
        std::make_shared<apache::thrift::transport::TSocket>("127.0.0.1", 9090)));
    return stock.Take(item);
  }
};

int main() {
  apache::thrift::server::TThreadedServer server(
      std::make_shared<shop::CartProcessor>(std::make_shared<CartHandler>()),
      std::make_shared<apache::thrift::transport::TServerSocket>(9092));
  server.serve();
}
