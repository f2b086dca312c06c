// What the Thrift compiler would generate for
//   service Cart {
//     i32 Add(1: string item),
//     i32 Count(1: string item) throws (1: OutOfStock e),
//     oneway void Drop(1: string item)
//   }
#pragma once

#include <Stock.h>

namespace shop {

class CartIf {
 public:
  virtual ~CartIf();
  virtual int Add(const std::string& item) = 0;
  virtual int Count(const std::string& item) = 0;
  virtual void Drop(const std::string& item) = 0;
};

class Cart_Add_result {
 public:
  int success;
};

class Cart_Count_result {
 public:
  int success;
  OutOfStock e;
};

class CartProcessor : public apache::thrift::TProcessor {
 public:
  explicit CartProcessor(std::shared_ptr<CartIf> iface);
};

}  // namespace shop
