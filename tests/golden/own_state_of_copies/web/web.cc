// A copy of a std::function has a functor of its own; what std::ref hands on is shared.
#include <httplib.h>

#include <functional>

struct Count {
  int calls = 0;
  int operator()() { return ++calls; }
};

int CallCopy(std::function<int()> function) { return function(); }

httplib::Client client("localhost", 9000);

int main() {
  httplib::Server server;
  server.Get("/copy", [](const httplib::Request&, httplib::Response& response) {
    std::function<int()> count = Count{};
    auto copy = count;
    copy();
    if (!client.Get("/copy") && count() == 1) response.status = 503;
  });
  server.Get("/same", [](const httplib::Request&, httplib::Response& response) {
    std::function<int()> count = Count{};
    count();
    if (!client.Get("/same") && count() == 2) response.status = 503;
  });
  server.Get("/by_value", [](const httplib::Request&, httplib::Response& response) {
    std::function<int()> count = Count{};
    CallCopy(count);
    CallCopy(count);
    if (!client.Get("/by_value") && count() == 1) response.status = 503;
  });
  server.Get("/reference", [](const httplib::Request&, httplib::Response& response) {
    Count count;
    std::function<int()> function = std::ref(count);
    auto copy = function;
    copy();
    function();
    if (!client.Get("/reference") && count.calls == 2) response.status = 503;
  });
  server.listen("0.0.0.0", 8000);
}
