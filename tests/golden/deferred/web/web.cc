// A deferred task runs where somebody asks for it first, or not at all.
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
    auto one = std::async(std::launch::async, [] { return Fetch("/one"); });
    auto two = std::async(std::launch::deferred, [] { return Fetch("/two"); });
    auto three = std::async(std::launch::deferred, Fetch, "/three");
    auto never = std::async(std::launch::deferred, [] { return Fetch("/never"); });
    three.wait();
    try {
      response.body = one.get() + two.get();
      response.body += three.get();
    } catch (const std::exception&) {
      response.status = 503;
    }
  });
  server.listen("0.0.0.0", 8000);
}
