// How many elements there are, and whether a text is empty.
#include <httplib.h>

#include <optional>
#include <set>
#include <string>
#include <vector>

httplib::Client client("localhost", 9000);

std::optional<int> Ask(const char* path) {
  const auto result = client.Get(path);
  if (!result) return std::nullopt;
  return result->status;
}

int main() {
  httplib::Server server;
  server.Get("/size", [](const httplib::Request&, httplib::Response& response) {
    std::vector<std::string> errors;
    if (!client.Get("/size")) errors.push_back("failed");
    if (errors.size() > 0) response.status = 503;
  });
  server.Get("/set", [](const httplib::Request&, httplib::Response& response) {
    std::set<std::string> errors;
    if (!client.Get("/set")) errors.insert("failed");
    if (!errors.empty()) response.status = 503;
  });
  server.Get("/cleared", [](const httplib::Request&, httplib::Response& response) {
    std::vector<std::string> errors;
    errors.push_back("old");
    errors.clear();
    if (!client.Get("/cleared") && errors.empty()) response.status = 503;
  });
  server.Get("/text", [](const httplib::Request& request, httplib::Response& response) {
    std::string error;
    if (!client.Get("/text")) error = "failed: " + request.body;
    if (!error.empty()) response.status = 503;
  });
  server.Get("/value_or", [](const httplib::Request&, httplib::Response& response) {
    response.status = Ask("/value_or").value_or(503);
  });
  server.listen("0.0.0.0", 8000);
}
