// A default takes the place of what could not be fetched.
#include <httplib.h>

#include <optional>
#include <string>

std::optional<std::string> Greeting() {
  httplib::Client client("localhost", 9000);
  const auto result = client.Get("/greeting");
  if (result && result->status == 200) return result->body;
  return {};
}

int main() {
  httplib::Server server;
  server.Get("/", [](const httplib::Request&, httplib::Response& response) {
    response.set_content(Greeting().value_or("hello"), "text/plain");
  });
  server.listen("0.0.0.0", 8000);
}
