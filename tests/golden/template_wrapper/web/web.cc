// A template makes the call again, through a lambda that it is given.
#include <httplib.h>

#include <stdexcept>

template <typename Call>
auto WithRetries(int attempts, Call call) {
  for (int attempt = 1;; ++attempt) {
    try {
      return call();
    } catch (const std::runtime_error&) {
      if (attempt == attempts) throw;
    }
  }
}

int main() {
  httplib::Server server;
  server.Get("/", [](const httplib::Request&, httplib::Response& response) {
    httplib::Client client("localhost", 9000);
    const std::string body = WithRetries(3, [&] {
      const auto result = client.Get("/data");
      if (!result) throw std::runtime_error("down");
      return result->body;
    });
    response.set_content(body, "text/plain");
  });
  server.listen("0.0.0.0", 8000);
}
