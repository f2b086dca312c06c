// What a destructor does is done on every way out: here it sets the status.
#include <httplib.h>

#include <stdexcept>

class StatusGuard {
 public:
  explicit StatusGuard(httplib::Response& response) : response_(response) {}
  ~StatusGuard() {
    if (!done_) response_.status = 503;
  }
  void Done() { done_ = true; }

 private:
  httplib::Response& response_;
  bool done_ = false;
};

int main() {
  httplib::Server server;
  server.Get("/", [](const httplib::Request&, httplib::Response& response) {
    StatusGuard guard(response);
    httplib::Client client("localhost", 9000);
    const auto result = client.Get("/data");
    if (!result) return;
    guard.Done();
    response.set_content(result->body, "text/plain");
  });
  server.listen("0.0.0.0", 8000);
}
