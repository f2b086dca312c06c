// What the Thrift compiler would generate for
//   exception OutOfStock {}
//   service Stock { i32 Take(1: string item) throws (1: OutOfStock e) }
#pragma once

#include <thrift/thrift.h>

namespace shop {

class OutOfStock : public apache::thrift::TException {
 public:
  OutOfStock();
};

class StockIf {
 public:
  virtual ~StockIf();
  virtual int Take(const std::string& item) = 0;
};

class Stock_Take_result {
 public:
  int success;
  OutOfStock e;
};

class StockClient : virtual public StockIf {
 public:
  explicit StockClient(std::shared_ptr<apache::thrift::protocol::TProtocol> prot);
  int Take(const std::string& item) override;
  void send_Take(const std::string& item);
  int recv_Take();

 protected:
  std::shared_ptr<apache::thrift::protocol::TProtocol> piprot_;
};

class StockProcessor : public apache::thrift::TProcessor {
 public:
  explicit StockProcessor(std::shared_ptr<StockIf> iface);
};

}  // namespace shop
