// What a smart pointer calls instead of `delete`.
#include <httplib.h>

#include <memory>

struct Fail {
  void operator()(httplib::Response* response) const { response->status = 501; }
};

void FailWith(httplib::Response* response) { response->status = 502; }

int main() {
  httplib::Server server;
  server.Get("/functor", [](const httplib::Request&, httplib::Response& response) {
    httplib::Client client("localhost", 9000);
    std::unique_ptr<httplib::Response, Fail> answer(&response);
    if (client.Get("/functor")) return;
    response.status = 500;
  });
  server.Get("/function", [](const httplib::Request&, httplib::Response& response) {
    httplib::Client client("localhost", 9000);
    std::unique_ptr<httplib::Response, void (*)(httplib::Response*)> answer(&response, FailWith);
    if (client.Get("/function")) return;
    response.status = 500;
  });
  server.Get("/lambda", [](const httplib::Request&, httplib::Response& response) {
    httplib::Client client("localhost", 9000);
    const auto fail = [](httplib::Response* failed) { failed->status = 503; };
    std::unique_ptr<httplib::Response, decltype(fail)> answer(&response, fail);
    if (client.Get("/lambda")) return;
    response.status = 500;
  });
  server.Get("/shared", [](const httplib::Request&, httplib::Response& response) {
    httplib::Client client("localhost", 9000);
    std::shared_ptr<httplib::Response> answer(&response, Fail());
    if (client.Get("/shared")) return;
    response.status = 500;
  });
  server.Get("/of_nothing", [](const httplib::Request&, httplib::Response& response) {
    httplib::Client client("localhost", 9000);
    const std::shared_ptr<void> guard(nullptr, [&response](void*) { response.status = 504; });
    if (client.Get("/of_nothing")) return;
    response.status = 500;
  });
  server.listen("0.0.0.0", 8000);
}
