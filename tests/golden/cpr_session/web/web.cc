// A session keeps address and timeout; a future gives the response later.
#include <cpr/cpr.h>
#include <httplib.h>

using httplib::Request;
using httplib::Response;

class Items {
 public:
  Items() {
    session_.SetUrl(cpr::Url{"http://localhost:9000/items"});
    session_.SetTimeout(cpr::Timeout{300});
  }
  bool Fetch() {
    cpr::Response r = session_.Get();
    return !r.error && r.status_code < 400;
  }

 private:
  cpr::Session session_;
};

int main() {
  Items items;
  httplib::Server server;
  server.Get("/items", [&](const Request&, Response& response) {
    if (!items.Fetch()) response.status = 503;
  });
  server.Get("/later", [](const Request&, Response& response) {
    auto later = cpr::GetAsync(cpr::Url{"http://localhost:9001/later"});
    cpr::Response r = later.get();
    if (r.error) response.status = 504;
  });
  server.listen("0.0.0.0", 8000);
}
