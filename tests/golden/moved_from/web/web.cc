// An owning pointer that was moved from is null; what a container then has is not known.
#include <httplib.h>

#include <memory>
#include <string>
#include <utility>

struct Session {
  int code = 200;
};

httplib::Client client("localhost", 9000);

int main() {
  httplib::Server server;
  server.Get("/pointer", [](const httplib::Request&, httplib::Response& response) {
    auto session = std::make_unique<Session>();
    auto kept = std::move(session);
    if (!client.Get("/pointer") && !session) response.status = 503;
  });
  server.Get("/pointed", [](const httplib::Request&, httplib::Response& response) {
    auto session = std::make_unique<Session>();
    Session* same = session.get();
    auto kept = std::move(session);
    if (!client.Get("/pointed")) kept->code = 503;
    response.status = same->code;
  });
  server.Get("/text", [](const httplib::Request&, httplib::Response& response) {
    std::string text = "busy";
    std::string kept = std::move(text);
    if (!client.Get("/text") && text.empty()) response.status = 503;
  });
  server.listen("0.0.0.0", 8000);
}
