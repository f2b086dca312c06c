// std::expected carries the error out; the caller decides by its kind.
#include <httplib.h>

#include <expected>
#include <string>

enum class Failure { kTransport, kStatus };

std::expected<std::string, Failure> Fetch() {
  httplib::Client client("localhost", 9000);
  const auto result = client.Get("/data");
  if (!result) return std::unexpected(Failure::kTransport);
  if (result->status != 200) return std::unexpected(Failure::kStatus);
  return result->body;
}

int main() {
  httplib::Server server;
  server.Get("/", [](const httplib::Request&, httplib::Response& response) {
    const auto data = Fetch();
    if (!data.has_value()) {
      response.status = data.error() == Failure::kTransport ? 503 : 502;
      return;
    }
    response.set_content(data.value(), "text/plain");
  });
  server.listen("0.0.0.0", 8000);
}
