// Statuses by enumerator, macro, constexpr function and arithmetic.
#include <httplib.h>

enum class Status { kUnavailable = 503 };
#define STATUS_GONE 410
constexpr int Base(int digit) { return digit * 100; }
constexpr int kGood = 200;
constexpr int kTeapot = kGood + 218;

int main() {
  httplib::Server server;
  server.Get("/", [](const httplib::Request&, httplib::Response& response) {
    httplib::Client client("localhost", 9000);

    const auto result = client.Get("/data");
    if (!result) {
      response.status = static_cast<int>(Status::kUnavailable);
    } else if (result->status == 404) {
      response.status = STATUS_GONE;
    } else if (result->status == 500) {
      response.status = Base(5) + 2;
    } else if (result->status != kGood) {
      response.status = kTeapot;
    }
  });
  server.listen("0.0.0.0", 8000);
}
