// What is paid is the same whatever fails: there is a default for everything.
#include <httplib.h>

#include <cstdlib>
#include <iostream>

int main() {
  const char* url = std::getenv("SHOP_URL");
  httplib::Client shop(url != nullptr ? url : "http://127.0.0.1:5140");
  shop.set_read_timeout(30);

  const httplib::Result total = shop.Get("/total/alice/100");
  if (!total) {
    std::cerr << "shop did not answer: " << httplib::to_string(total.error()) << "\n";
    return 1;
  }
  std::cerr << "shop answered " << total->status << " \"" << total->body << "\"\n";
  return total->status == 200 && total->body == "119" ? 0 : 1;
}
