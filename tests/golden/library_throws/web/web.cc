// Functions of the standard library that throw for what they are given: when it is not known, both
// ways are followed.
#include <httplib.h>

#include <any>
#include <array>
#include <exception>
#include <map>
#include <string>
#include <unordered_map>
#include <variant>
#include <vector>

using httplib::Request;
using httplib::Response;

#define GET(path)                             \
  httplib::Client client("localhost", 9000);  \
  const auto result = client.Get(path);       \
  if (!result) {                              \
    response.status = 503;                    \
    return;                                   \
  }

std::variant<int, std::string> Parsed(const std::string& text);

int main() {
  httplib::Server server;
  server.Get("/number", [](const Request&, Response& response) {
    GET("/number");
    response.set_content(std::to_string(std::stoi(result->body)), "text/plain");
  });
  server.Get("/real", [](const Request&, Response& response) {
    GET("/real");
    std::stod(result->body);
  });
  server.Get("/known_number", [](const Request&, Response& response) {
    GET("/known_number");
    if (result->status == 503) response.status = std::stoi("410");
    if (result->status == 500) response.status = std::stoi("");
  });
  server.Get("/caught", [](const Request&, Response& response) {
    GET("/caught");
    try {
      std::stoull(result->body);
    } catch (const std::exception&) {
      response.status = 502;
    }
  });
  server.Get("/caught_alike", [](const Request&, Response& response) {
    GET("/caught_alike");
    try {
      std::stol(result->body);
    } catch (...) {
    }
    if (result->status == 500) response.status = 502;
  });
  server.Get("/map", [](const Request&, Response& response) {
    GET("/map");
    std::map<std::string, int> known;
    known["a"] = 1;
    known.at(result->body);
  });
  server.Get("/unordered_map", [](const Request&, Response& response) {
    GET("/unordered_map");
    const std::unordered_map<std::string, int> known{{"a", 410}};
    response.status = known.at("a");
  });
  server.Get("/vector", [](const Request& request, Response& response) {
    GET("/vector");
    std::vector<int> values;
    if (result->status == 500) values.at(0);
    for (const char c : request.path) values.push_back(c);
    values.at(0);
  });
  server.Get("/array", [](const Request&, Response& response) {
    GET("/array");
    const std::array<int, 2> codes = {410, 411};
    response.status = codes.at(1);
  });
  server.Get("/text", [](const Request&, Response& response) {
    GET("/text");
    result->body.at(0);
  });
  server.Get("/variant", [](const Request&, Response& response) {
    GET("/variant");
    const auto parsed = Parsed(result->body);
    std::get<int>(parsed);
  });
  server.Get("/any", [](const Request& request, Response& response) {
    const std::any given = request.path;
    GET("/any");
    if (std::any_cast<int>(&given) != nullptr) return;
    std::any_cast<std::string>(given);
  });
  server.listen("0.0.0.0", 8000);
}

std::variant<int, std::string> Parsed(const std::string& text) {
  if (text.empty()) return 0;
  return text;
}
