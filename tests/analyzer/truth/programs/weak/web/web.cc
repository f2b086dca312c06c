// What a std::weak_ptr points to is there as long as somebody has it.
#include <httplib.h>

#include <memory>

struct State {
  int status = 200;
};

int main() {
  httplib::Server server;
  server.Get("/held", [](const httplib::Request&, httplib::Response& response) {
    httplib::Client client("localhost", 9000);
    auto state = std::make_shared<State>();
    std::weak_ptr<State> weak = state;
    if (!client.Get("/held")) {  // unknown: it may be gone
      if (auto locked = weak.lock()) locked->status = 503;
    }
    response.status = state->status;
  });
  server.Get("/reset", [](const httplib::Request&, httplib::Response& response) {
    httplib::Client client("localhost", 9000);
    auto state = std::make_shared<State>();
    std::weak_ptr<State> weak = state;
    state.reset();
    const bool failed = !client.Get("/reset");  // unknown: it may be gone
    if (failed && weak.expired()) response.status = 503;
  });
  server.Get("/gone", [](const httplib::Request&, httplib::Response& response) {
    httplib::Client client("localhost", 9000);
    std::weak_ptr<State> weak;
    {
      auto state = std::make_shared<State>();
      weak = state;
    }
    const bool failed = !client.Get("/gone");  // unknown: it may be gone
    if (failed && !weak.lock()) response.status = 503;
  });
  server.Get("/empty", [](const httplib::Request&, httplib::Response& response) {
    httplib::Client client("localhost", 9000);
    std::weak_ptr<State> weak;
    const bool failed = !client.Get("/empty");  // unknown: it may be gone
    if (failed && weak.expired()) response.status = 503;
  });
  server.Get("/reset by fault", [](const httplib::Request&, httplib::Response& response) {
    httplib::Client client("localhost", 9000);
    auto state = std::make_shared<State>();
    std::weak_ptr<State> weak = state;
    if (!client.Get("/reset by fault")) state.reset();  // unknown: it may be gone
    if (weak.expired()) response.status = 503;
  });
  server.Get("/count", [](const httplib::Request&, httplib::Response& response) {
    httplib::Client client("localhost", 9000);
    auto state = std::make_shared<State>();
    std::weak_ptr<State> weak = state;
    if (!client.Get("/count")) state = nullptr;  // unknown: it may be gone
    if (weak.use_count() == 0) response.status = 503;
  });
  server.Get("/from empty", [](const httplib::Request&, httplib::Response& response) {
    httplib::Client client("localhost", 9000);
    std::weak_ptr<State> weak;
    try {
      if (!client.Get("/from empty")) std::shared_ptr<State> locked(weak);
    } catch (const std::bad_weak_ptr&) {
      response.status = 503;
    }
  });
  server.listen("0.0.0.0", 8000);
}
