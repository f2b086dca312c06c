// One of two alternatives, asked for in several ways.
#include <httplib.h>

#include <variant>

struct Data {
  int status = 0;
};
struct Failure {};

std::variant<Data, Failure> Fetch() {
  httplib::Client client("localhost", 9000);
  const auto result = client.Get("/data");
  if (!result) return Failure();
  return Data{result->status};
}

int main() {
  httplib::Server server;
  server.Get("/", [](const httplib::Request&, httplib::Response& response) {
    const auto answer = Fetch();
    if (std::holds_alternative<Failure>(answer)) {
      response.status = 503;
    } else if (const auto* data = std::get_if<Data>(&answer); data->status >= 500) {
      response.status = 502;
    }
  });
  server.listen("0.0.0.0", 8000);
}
