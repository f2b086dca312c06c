// An enumeration of one's own says how it went.
#include <httplib.h>

enum class Outcome { kGood, kDown, kBad };

bool IsServerError(int status) { return status >= 500 && status <= 599; }

Outcome Fetch() {
  httplib::Client client("localhost", 9000);
  const auto result = client.Get("/data");
  if (!result) return Outcome::kDown;
  return IsServerError(result->status) ? Outcome::kBad : Outcome::kGood;
}

int main() {
  httplib::Server server;
  server.Get("/", [](const httplib::Request&, httplib::Response& response) {
    switch (Fetch()) {
      case Outcome::kDown:
        response.status = 503;
        break;
      case Outcome::kBad:
        response.status = 502;
        break;
      case Outcome::kGood:
        response.status = 200;
    }
  });
  server.listen("0.0.0.0", 8000);
}
