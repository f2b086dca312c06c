// What std::bind holds are copies, unless std::ref says otherwise.
#include <httplib.h>

#include <functional>
#include <memory>
#include <string>

struct State {
  int status = 200;
  void Fail() { status = 503; }
  int Status() const { return status; }
};

void Set(int& code, int value) { code = value; }

void Ask(const std::string& path, httplib::Response& response, int status) {
  httplib::Client client("localhost", 9000);
  if (!client.Get(path)) response.status = status;
}

int main() {
  httplib::Server server;
  server.Get("/copy", [](const httplib::Request&, httplib::Response& response) {
    httplib::Client client("localhost", 9000);
    int code = 200;
    const auto set = std::bind(Set, code, 503);
    auto call = set;
    if (!client.Get("/copy")) call();
    response.status = code;
  });
  server.Get("/ref", [](const httplib::Request&, httplib::Response& response) {
    httplib::Client client("localhost", 9000);
    int code = 200;
    auto set = std::bind(Set, std::ref(code), 503);
    if (!client.Get("/ref")) set();
    response.status = code;
  });
  server.Get("/changed later", [](const httplib::Request&, httplib::Response& response) {
    httplib::Client client("localhost", 9000);
    int code = 200;
    int value = 503;
    auto set = std::bind(Set, std::ref(code), value);
    value = 200;
    if (!client.Get("/changed later")) set();
    response.status = code;
  });
  server.Get("/object", [](const httplib::Request&, httplib::Response& response) {
    httplib::Client client("localhost", 9000);
    State state;
    auto fail = std::bind(&State::Fail, state);
    if (!client.Get("/object")) fail();
    response.status = state.status;
  });
  server.Get("/pointer", [](const httplib::Request&, httplib::Response& response) {
    httplib::Client client("localhost", 9000);
    State state;
    auto fail = std::bind(&State::Fail, &state);
    if (!client.Get("/pointer")) fail();
    response.status = state.status;
  });
  server.Get("/own", [](const httplib::Request&, httplib::Response& response) {
    httplib::Client client("localhost", 9000);
    State state;
    auto fail = std::bind(
        [](State& own) {
          own.Fail();
          return own.Status();
        },
        state);
    int status = 200;
    if (!client.Get("/own")) status = fail();
    response.status = status;
  });
  server.Get("/shared", [](const httplib::Request&, httplib::Response& response) {
    httplib::Client client("localhost", 9000);
    auto state = std::make_shared<State>();
    auto fail = std::bind(&State::Fail, state);
    if (!client.Get("/shared")) fail();
    response.status = state->status;
  });
  server.Get("/kept", [](const httplib::Request&, httplib::Response& response) {
    httplib::Client client("localhost", 9000);
    int code = 200;
    auto count = std::bind(
        [](int& own, int& out) {
          own += 303;
          out = own;
        },
        200, std::ref(code));
    if (!client.Get("/kept")) count();
    response.status = code;
  });
  server.Get("/placeholder", [](const httplib::Request&, httplib::Response& response) {
    auto ask = std::bind(Ask, "/placeholder", std::placeholders::_1, 502);
    ask(response);
  });
  server.Get("/reference to response", [](const httplib::Request&, httplib::Response& response) {
    auto ask = std::bind(Ask, "/reference to response", std::ref(response), 504);
    ask();
  });
  server.Get("/copy of response", [](const httplib::Request&, httplib::Response& response) {
    auto ask = std::bind(Ask, "/copy of response", response, 504);
    ask();
  });
  server.Get("/in function", [](const httplib::Request&, httplib::Response& response) {
    httplib::Client client("localhost", 9000);
    int code = 200;
    std::function<void()> set = std::bind(Set, code, 503);
    if (!client.Get("/in function")) set();
    response.status = code;
  });
  server.Get("/lambda takes value", [](const httplib::Request&, httplib::Response& response) {
    httplib::Client client("localhost", 9000);
    int code = 200;
    auto set = std::bind([&code](int value) { code = value; }, 503);
    if (!client.Get("/lambda takes value")) set();
    response.status = code;
  });
  server.listen("0.0.0.0", 8000);
}
