// A class whose constructor is the first that is seen of it, as templates are.
#include <httplib.h>

#include <utility>

template <class Function>
class Guard {
 public:
  explicit Guard(Function function) : function_(std::move(function)) {}
  Guard(Guard&& other) : function_(std::move(other.function_)), on_(other.on_) {
    other.on_ = false;
  }
  ~Guard() {
    if (on_) function_();
  }
  void Dismiss() { on_ = false; }

 private:
  Function function_;
  bool on_ = true;
};

int main() {
  httplib::Server server;
  httplib::Client client("localhost", 9000);
  server.Get("/guard", [&](const httplib::Request&, httplib::Response& response) {
    Guard guard([&] { response.status = 503; });
    if (client.Get("/guard")) guard.Dismiss();
  });
  server.Get("/moved", [&](const httplib::Request&, httplib::Response& response) {
    Guard guard([&] { response.status = 502; });
    auto other = std::move(guard);
    if (client.Get("/moved")) other.Dismiss();
  });
  server.listen("0.0.0.0", 8000);
}
