// The operations of std::optional and std::expected that call a function of the service's.
#include <httplib.h>

#include <expected>
#include <optional>
#include <stdexcept>
#include <string>

enum class Why { kDown, kBad };

std::optional<int> Ask(const std::string& path) {
  httplib::Client client("localhost", 9000);
  const auto result = client.Get(path);
  if (!result) return std::nullopt;
  return result->status;
}

std::expected<int, Why> Try(const std::string& path) {
  httplib::Client client("localhost", 9000);
  const auto result = client.Get(path);
  if (!result) return std::unexpected(Why::kDown);
  if (result->status != 200) return std::unexpected(Why::kBad);
  return result->status;
}

int main() {
  httplib::Server server;
  server.Get("/transform", [](const httplib::Request&, httplib::Response& response) {
    response.status = Ask("/transform").transform([](int) { return 200; }).value_or(503);
  });
  server.Get("/and_then", [](const httplib::Request&, httplib::Response& response) {
    const auto both = Ask("/and_then").and_then([](int) { return Ask("/and_then second"); });
    if (!both) response.status = 503;
  });
  server.Get("/or_else", [](const httplib::Request&, httplib::Response& response) {
    const auto one = Ask("/or_else").or_else([] { return Ask("/or_else fallback"); });
    if (!one) response.status = 503;
  });
  server.Get("/or_else sets", [](const httplib::Request&, httplib::Response& response) {
    Ask("/or_else sets").or_else([&]() -> std::optional<int> {
      response.status = 502;
      return std::nullopt;
    });
  });
  server.Get("/or_else throws", [](const httplib::Request&, httplib::Response& response) {
    try {
      Ask("/or_else throws").or_else([]() -> std::optional<int> {
        throw std::runtime_error("down");
      });
    } catch (const std::runtime_error&) {
      response.status = 504;
    }
  });
  server.Get("/filtered", [](const httplib::Request&, httplib::Response& response) {
    const auto good = Ask("/filtered").and_then([](int status) {
      return status == 200 ? std::optional(status) : std::nullopt;
    });
    if (!good) response.status = 503;
  });
  server.Get("/value throws", [](const httplib::Request&, httplib::Response& response) {
    try {
      response.status = Ask("/value throws").value();
    } catch (const std::bad_optional_access&) {
      response.status = 503;
    }
  });
  server.Get("/expected", [](const httplib::Request&, httplib::Response& response) {
    const auto result = Try("/expected");
    if (!result) response.status = result.error() == Why::kDown ? 503 : 502;
  });
  server.Get("/expected value_or", [](const httplib::Request&, httplib::Response& response) {
    response.status = Try("/expected value_or").value_or(503);
  });
  server.Get("/expected value", [](const httplib::Request&, httplib::Response& response) {
    try {
      const auto result = Try("/expected value");  // unknown: the exception's error is not followed
      response.status = result.value();
    } catch (const std::bad_expected_access<Why>& error) {
      response.status = error.error() == Why::kDown ? 503 : 502;
    }
  });
  server.Get("/expected of", [](const httplib::Request&, httplib::Response& response) {
    std::expected<void, Why> done;
    if (!Ask("/expected of")) done = std::unexpected(Why::kBad);
    if (!done.has_value()) response.status = 503;
  });
  server.listen("0.0.0.0", 8000);
}
