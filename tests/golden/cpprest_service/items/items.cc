// Replies by a status, by a response, and by throwing; methods are bound to their object.
#include <cpprest/http_client.h>

#include <functional>
#include <stdexcept>

using web::http::http_request;
using web::http::http_response;
using web::http::methods;
using web::http::status_codes;
using web::http::experimental::listener::http_listener;

class Items {
 public:
  explicit Items(const std::string& address) : listener_(address) {
    listener_.support(methods::GET, std::bind(&Items::Get, this, std::placeholders::_1));
    listener_.support([](http_request request) { request.reply(status_codes::NotFound); });
  }
  void Open() { listener_.open().wait(); }

 private:
  void Get(http_request request) {
    if (count_ == 0) {
      http_response response(status_codes::ServiceUnavailable);
      request.reply(response);
      return;
    }
    if (count_ < 0) throw std::logic_error("count");
    request.reply(status_codes::OK);
  }

  http_listener listener_;
  int count_ = Count();
  static int Count();
};

int Items::Count() { return *new int; }

int main() {
  Items items("http://0.0.0.0:9000/items");
  items.Open();
}
