// A function that runs when the scope is left, however that happens.
#include <httplib.h>

#include <functional>
#include <utility>

class Guard {
 public:
  explicit Guard(std::function<void()> action) : action_(std::move(action)) {}
  ~Guard() {
    if (action_) action_();
  }
  void Dismiss() { action_ = nullptr; }

 private:
  std::function<void()> action_;
};

int main() {
  httplib::Server server;
  server.Get("/", [](const httplib::Request&, httplib::Response& response) {
    httplib::Client client("localhost", 9000);

    response.status = 503;
    Guard guard([&response] { response.status = 502; });
    const auto result = client.Get("/data");
    if (!result) return;
    guard.Dismiss();
    response.status = 200;
  });
  server.listen("0.0.0.0", 8000);
}
