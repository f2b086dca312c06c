// The exception of a task that nobody asks for is lost; what waits only learns nothing.
#include <httplib.h>

#include <future>
#include <stdexcept>
#include <string>

std::string Fetch(const std::string& path) {
  httplib::Client client("localhost", 9000);
  const auto result = client.Get(path);
  if (!result) throw std::runtime_error("down");
  return result->body;
}

int main() {
  httplib::Server server;
  server.Get("/", [](const httplib::Request&, httplib::Response& response) {
    auto forgotten = std::async(std::launch::async, [] { return Fetch("/one"); });
    auto waited = std::async(std::launch::async, [] { return Fetch("/two"); });
    waited.wait();
  });
  server.listen("0.0.0.0", 8000);
}
