// What a mutable lambda keeps from one call to the next decides: nothing is claimed of it. What was
// moved into it, or is pointed to, is as it was.
#include <httplib.h>

#include <future>
#include <memory>
#include <string>

struct Attempts {
  int count = 0;
};

httplib::Client client("localhost", 9000);

int main() {
  httplib::Server server;
  server.Get("/counter", [](const httplib::Request&, httplib::Response& response) {
    int n = 0;
    auto next = [n]() mutable { return ++n; };
    if (!client.Get("/counter")) next();
    if (next() == 2) response.status = 503;
  });
  server.Get("/struct", [](const httplib::Request&, httplib::Response& response) {
    auto next = [attempts = Attempts()]() mutable { return ++attempts.count; };
    if (!client.Get("/struct")) next();
    if (next() == 2) response.status = 503;
  });
  server.Get("/shared", [](const httplib::Request&, httplib::Response& response) {
    auto attempts = std::make_shared<Attempts>();
    auto next = [attempts]() mutable { return ++attempts->count; };
    if (!client.Get("/shared")) next();
    if (next() == 2) response.status = 503;
  });
  server.Get("/not_mutable", [](const httplib::Request&, httplib::Response& response) {
    const int bad = 504;
    auto answer = [bad, &response]() { response.status = bad; };
    if (!client.Get("/not_mutable")) answer();
  });
  server.listen("0.0.0.0", 8000);
}
