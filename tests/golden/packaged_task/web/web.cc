// A task's exception is kept in its future, and a promise's is set by hand.
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
    std::packaged_task<std::string()> task([] { return Fetch("/one"); });
    auto first = task.get_future();
    task();
    std::promise<std::string> promise;
    auto second = promise.get_future();
    try {
      promise.set_value(Fetch("/two"));
    } catch (...) {
      promise.set_exception(std::current_exception());
    }
    try {
      first.get();
    } catch (const std::runtime_error&) {
      response.status = 502;
      return;
    }
    try {
      second.get();
    } catch (const std::runtime_error&) {
      response.status = 503;
    }
  });
  server.listen("0.0.0.0", 8000);
}
