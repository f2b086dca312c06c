// An exception crosses to the thread that asks for the result.
#include <httplib.h>

#include <future>
#include <stdexcept>

std::string Fetch(const std::string& path) {
  httplib::Client client("localhost", 9000);
  const auto result = client.Get(path);
  if (!result) throw std::runtime_error("down");
  return result->body;
}

int main() {
  httplib::Server server;
  server.Get("/", [](const httplib::Request&, httplib::Response& response) {
    auto one = std::async(std::launch::async, Fetch, "/one");
    auto two = std::async(std::launch::async, [] { return Fetch("/two"); });
    try {
      response.set_content(one.get() + two.get(), "text/plain");
    } catch (const std::exception&) {
      response.status = 503;
    }
  });
  server.listen("0.0.0.0", 8000);
}
