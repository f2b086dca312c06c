// std::bind copies its arguments, but for what std::ref wraps.
#include <httplib.h>

#include <functional>

void Fail(httplib::Response& response, int status) { response.status = status; }

int main() {
  httplib::Server server;
  server.Get("/ref", [](const httplib::Request&, httplib::Response& response) {
    httplib::Client client("localhost", 9000);
    const auto fail = std::bind(Fail, std::ref(response), 503);
    if (!client.Get("/ref")) fail();
  });
  server.Get("/wrapper", [](const httplib::Request&, httplib::Response& response) {
    httplib::Client client("localhost", 9000);
    auto wrapped = std::ref(response);
    const auto fail = std::bind(Fail, wrapped, std::placeholders::_1);
    if (!client.Get("/wrapper")) fail(504);
  });
  server.Get("/copy", [](const httplib::Request&, httplib::Response& response) {
    httplib::Client client("localhost", 9000);
    auto fail = std::bind(Fail, response, 503);
    if (!client.Get("/copy")) fail();
  });
  server.listen("0.0.0.0", 8000);
}
