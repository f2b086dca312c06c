// Containers and values that hold a std::reference_wrapper refer to what stands elsewhere.
#include <httplib.h>

#include <array>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <tuple>
#include <utility>
#include <variant>
#include <vector>

int main() {
  httplib::Server server;
  server.Get("/optional", [](const httplib::Request&, httplib::Response& response) {
    httplib::Client client("localhost", 9000);
    int code = 200;
    std::optional<std::reference_wrapper<int>> held = code;
    if (!client.Get("/optional")) held->get() = 503;  // unknown: what it refers to
    response.status = code;
  });
  server.Get("/optional ref", [](const httplib::Request&, httplib::Response& response) {
    httplib::Client client("localhost", 9000);
    int code = 200;
    std::optional<std::reference_wrapper<int>> held(std::ref(code));
    if (!client.Get("/optional ref")) held.value().get() = 503;  // unknown: what it refers to
    response.status = code;
  });
  server.Get("/optional response", [](const httplib::Request&, httplib::Response& response) {
    httplib::Client client("localhost", 9000);
    std::optional<std::reference_wrapper<httplib::Response>> held = std::ref(response);
    if (!client.Get("/optional response")) held->get().status = 503;  // unknown: what it refers to
  });
  server.Get("/optional other", [](const httplib::Request&, httplib::Response& response) {
    httplib::Client client("localhost", 9000);
    int code = 200;
    int other = 200;
    std::optional<std::reference_wrapper<int>> held = code;
    held = other;
    if (!client.Get("/optional other")) held->get() = 503;  // unknown: what it refers to
    response.status = code;
  });
  server.Get("/optional emplace", [](const httplib::Request&, httplib::Response& response) {
    httplib::Client client("localhost", 9000);
    int code = 200;
    std::optional<std::reference_wrapper<int>> held;
    held.emplace(code);
    if (!client.Get("/optional emplace")) held->get() = 503;
    response.status = code;
  });
  server.Get("/map", [](const httplib::Request&, httplib::Response& response) {
    httplib::Client client("localhost", 9000);
    int code = 200;
    std::map<std::string, std::reference_wrapper<int>> held = {{"code", code}};
    if (!client.Get("/map")) held.at("code").get() = 503;  // unknown: what it refers to
    response.status = code;
  });
  server.Get("/map emplace", [](const httplib::Request&, httplib::Response& response) {
    httplib::Client client("localhost", 9000);
    int code = 200;
    std::map<std::string, std::reference_wrapper<int>> held;
    held.emplace("code", code);
    if (!client.Get("/map emplace")) held.at("code").get() = 503;  // unknown: what it refers to
    response.status = code;
  });
  server.Get("/map loop", [](const httplib::Request&, httplib::Response& response) {
    httplib::Client client("localhost", 9000);
    int code = 200;
    std::map<std::string, std::reference_wrapper<int>> held;
    held.insert({"code", std::ref(code)});
    if (!client.Get("/map loop")) {  // unknown: what it refers to
      for (auto& [name, value] : held) value.get() = 503;
    }
    response.status = code;
  });
  server.Get("/pair", [](const httplib::Request&, httplib::Response& response) {
    httplib::Client client("localhost", 9000);
    int code = 200;
    std::pair<std::reference_wrapper<int>, int> held(code, 1);
    if (!client.Get("/pair")) held.first.get() = 503;  // unknown: what it refers to
    response.status = code;
  });
  server.Get("/make_pair", [](const httplib::Request&, httplib::Response& response) {
    httplib::Client client("localhost", 9000);
    int code = 200;
    auto held = std::make_pair(std::ref(code), 1);
    if (!client.Get("/make_pair")) held.first = 503;
    response.status = code;
  });
  server.Get("/tuple", [](const httplib::Request&, httplib::Response& response) {
    httplib::Client client("localhost", 9000);
    int code = 200;
    auto held = std::make_tuple(std::ref(code), 1);
    if (!client.Get("/tuple")) std::get<0>(held) = 503;
    response.status = code;
  });
  server.Get("/tuple type", [](const httplib::Request&, httplib::Response& response) {
    httplib::Client client("localhost", 9000);
    int code = 200;
    std::tuple<std::reference_wrapper<int>, int> held(code, 1);
    if (!client.Get("/tuple type")) std::get<0>(held).get() = 503;  // unknown: what it refers to
    response.status = code;
  });
  server.Get("/variant", [](const httplib::Request&, httplib::Response& response) {
    httplib::Client client("localhost", 9000);
    int code = 200;
    std::variant<std::monostate, std::reference_wrapper<int>> held = std::ref(code);
    if (!client.Get("/variant")) std::get<1>(held).get() = 503;  // unknown: what it refers to
    response.status = code;
  });
  server.Get("/variant get_if", [](const httplib::Request&, httplib::Response& response) {
    httplib::Client client("localhost", 9000);
    int code = 200;
    std::variant<std::monostate, std::reference_wrapper<int>> held;
    held = std::ref(code);
    if (!client.Get("/variant get_if")) {  // unknown: what it refers to
      if (auto* found = std::get_if<std::reference_wrapper<int>>(&held)) found->get() = 503;
    }
    response.status = code;
  });
  server.Get("/vector", [](const httplib::Request&, httplib::Response& response) {
    httplib::Client client("localhost", 9000);
    int code = 200;
    std::vector<std::reference_wrapper<int>> held = {code};
    if (!client.Get("/vector")) held[0].get() = 503;
    response.status = code;
  });
  server.Get("/vector push", [](const httplib::Request&, httplib::Response& response) {
    httplib::Client client("localhost", 9000);
    int code = 200;
    std::vector<std::reference_wrapper<int>> held;
    held.push_back(code);
    if (!client.Get("/vector push")) {  // unknown: what it refers to
      for (int& value : held) value = 503;
    }
    response.status = code;
  });
  server.Get("/array", [](const httplib::Request&, httplib::Response& response) {
    httplib::Client client("localhost", 9000);
    int code = 200;
    std::array<std::reference_wrapper<int>, 1> held = {code};
    if (!client.Get("/array")) held[0].get() = 503;
    response.status = code;
  });
  server.listen("0.0.0.0", 8000);
}
