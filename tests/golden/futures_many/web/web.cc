// Tasks that may fail for reasons of their own, too: more paths than are told apart. What one of
// them left is its value or one of the exceptions.
#include <httplib.h>

#include <future>
#include <stdexcept>
#include <string>

struct Busy : std::runtime_error {
  using std::runtime_error::runtime_error;
};

std::string Ask(int port, const char* path, const httplib::Request& request) {
  if (request.has_param(path)) throw Busy("no connection is free");
  if (request.has_param("log")) {
    httplib::Client log("localhost", 9100);
    log.Get(path);
  }
  httplib::Client client("localhost", port);
  const auto result = client.Get(path);
  if (!result) throw std::runtime_error("no answer");
  return result->body;
}

int main() {
  httplib::Server server;
  server.Get("/", [](const httplib::Request& request, httplib::Response& response) {
    auto first = std::async([&] { return Ask(9001, "/first", request); });
    auto second = std::async([&] { return Ask(9002, "/second", request); });
    auto third = std::async([&] { return Ask(9003, "/third", request); });
    auto last = std::async([&] {
      httplib::Client client("localhost", 9004);
      const auto result = client.Get("/last");
      if (!result) throw std::runtime_error("no answer");
      return result->body;
    });
    try {
      response.body.append(last.get()).append(first.get()).append(second.get()).append(third.get());
    } catch (const Busy&) {
      response.status = 503;
    } catch (const std::exception&) {
      response.status = 504;
    }
  });
  server.listen("0.0.0.0", 8000);
}
