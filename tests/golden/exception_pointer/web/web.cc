// A pointer to an exception that was moved from may be null or not; one that is null cannot be
// thrown on. A promise takes one result, and a deferred task runs when somebody asks for it.
#include <httplib.h>

#include <exception>
#include <future>
#include <stdexcept>
#include <utility>

void ThrowOn(std::exception_ptr given) {
  if (given) std::rethrow_exception(given);
}

httplib::Client client("localhost", 9000);

int main() {
  httplib::Server server;
  server.Get("/moved", [](const httplib::Request&, httplib::Response& response) {
    std::exception_ptr stored;
    if (!client.Get("/moved")) stored = std::make_exception_ptr(std::runtime_error("x"));
    auto taken = std::move(stored);
    if (stored) {
      response.status = 500;
    } else if (taken) {
      response.status = 503;
    }
  });
  server.Get("/assigned", [](const httplib::Request&, httplib::Response& response) {
    std::exception_ptr stored;
    std::exception_ptr taken;
    if (!client.Get("/assigned")) stored = std::make_exception_ptr(std::runtime_error("x"));
    taken = std::move(stored);
    if (taken && !stored) response.status = 503;
  });
  server.Get("/handed_on", [](const httplib::Request&, httplib::Response& response) {
    std::exception_ptr stored;
    if (!client.Get("/handed_on")) stored = std::make_exception_ptr(std::runtime_error("x"));
    try {
      ThrowOn(std::move(stored));
    } catch (const std::runtime_error&) {
      response.status = 503;
    }
  });
  server.Get("/null", [](const httplib::Request&, httplib::Response& response) {
    std::exception_ptr stored;
    if (!client.Get("/null")) std::rethrow_exception(stored);
  });
  server.Get("/no_clause", [](const httplib::Request&, httplib::Response& response) {
    try {
      if (!client.Get("/no_clause")) throw;
    } catch (...) {
      response.status = 503;
    }
  });
  server.Get("/second_result", [](const httplib::Request&, httplib::Response& response) {
    std::promise<int> promise;
    auto future = promise.get_future();
    if (!client.Get("/second_result")) promise.set_value(1);
    try {
      promise.set_value(2);
    } catch (const std::future_error&) {
      response.status = 503;
    }
  });
  server.Get("/deferred", [](const httplib::Request&, httplib::Response& response) {
    auto future = std::async(std::launch::deferred, [] {
      if (!client.Get("/deferred")) throw std::runtime_error("x");
    });
    try {
      future.get();
    } catch (const std::runtime_error&) {
      response.status = 503;
    }
  });
  server.Get("/never_asked", [](const httplib::Request&, httplib::Response& response) {
    auto future = std::async(std::launch::deferred, [&response] {
      if (!client.Get("/never_asked")) response.status = 503;
    });
  });
  server.listen("0.0.0.0", 8000);
}
