// When the primary fails, the secondary is asked.
#include <httplib.h>

#include <optional>
#include <string>

std::optional<std::string> Ask(const std::string& host) {
  httplib::Client client(host);
  const auto result = client.Get("/data");
  if (!result || result->status != 200) return std::nullopt;
  return result->body;
}

int main() {
  httplib::Server server;
  server.Get("/", [](const httplib::Request&, httplib::Response& response) {
    auto data = Ask("http://primary:9000");
    if (!data) data = Ask("http://secondary:9000");
    if (!data) {
      response.status = 503;
      return;
    }
    response.set_content(*data, "text/plain");
  });
  server.listen("0.0.0.0", 8000);
}
