// The page is always shown; under faults it may say that the number is not known.
#include <filibuster/assertions.h>
#include <httplib.h>

#include <iostream>

int main() {
  httplib::Client shop("127.0.0.1", SHOP_PORT);
  shop.set_read_timeout(20);
  const httplib::Result page = shop.Get("/page");
  if (!page) return 1;
  std::cerr << "shop answered " << page->status << " \"" << page->body << "\"\n";
  if (page->status != 200) return 1;
  if (page->body == "3 are in stock") return 0;
  return filibuster::was_fault_injected() && page->body == "we do not know how many are in stock"
             ? 0
             : 1;
}
