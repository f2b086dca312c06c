// Objects that are called where nothing that is read calls them by their call operator: what they
// do may be done.
#include <httplib.h>

#include <algorithm>
#include <functional>
#include <thread>
#include <vector>

struct Fail {
  httplib::Response& response;
  void operator()(int) const { response.status = 503; }
};
struct FailDerived : Fail {
  explicit FailDerived(httplib::Response& response) : Fail{response} {}
};
template <typename T>
struct FailOf {
  httplib::Response& response;
  void operator()(T) const { response.status = 503; }
};
struct FailAny {
  httplib::Response& response;
  template <typename T>
  void operator()(T) const {
    response.status = 503;
  }
};
struct FailNow {
  httplib::Response& response;
  void operator()() const { response.status = 503; }
};
struct Count {
  int failures = 0;
  void operator()(int) { ++failures; }
};
struct Codes {
  int bad = 200;
  void SetBad() { bad = 503; }
};

httplib::Client client("localhost", 9000);
const std::vector<int> some = {1};

int main() {
  httplib::Server server;
  server.Get("/derived", [](const httplib::Request&, httplib::Response& response) {
    if (!client.Get("/derived")) std::for_each(some.begin(), some.end(), FailDerived(response));
  });
  server.Get("/class_template", [](const httplib::Request&, httplib::Response& response) {
    if (!client.Get("/class_template")) {
      std::for_each(some.begin(), some.end(), FailOf<int>{response});
    }
  });
  server.Get("/template", [](const httplib::Request&, httplib::Response& response) {
    if (!client.Get("/template")) std::for_each(some.begin(), some.end(), FailAny{response});
  });
  server.Get("/generic_lambda", [](const httplib::Request&, httplib::Response& response) {
    std::for_each(some.begin(), some.end(), [&](auto) {
      if (!client.Get("/generic_lambda")) response.status = 503;
    });
  });
  server.Get("/local_class", [](const httplib::Request&, httplib::Response& response) {
    struct Local {
      httplib::Response& response;
      void operator()(int) const { response.status = 503; }
    };
    if (!client.Get("/local_class")) std::for_each(some.begin(), some.end(), Local{response});
  });
  server.Get("/reference", [](const httplib::Request&, httplib::Response& response) {
    Count count;
    std::for_each(some.begin(), some.end(), std::ref(count));
    if (!client.Get("/reference") && count.failures == 1) response.status = 503;
  });
  server.Get("/function", [](const httplib::Request&, httplib::Response& response) {
    const std::function<void()> fail = FailNow{response};
    if (!client.Get("/function")) fail();
  });
  server.Get("/thread", [](const httplib::Request&, httplib::Response& response) {
    if (!client.Get("/thread")) std::thread(FailNow{response}).join();
  });
  server.Get("/bound", [](const httplib::Request&, httplib::Response& response) {
    const auto fail = std::bind(Fail{response}, 1);
    if (!client.Get("/bound")) fail();
  });
  server.Get("/method_pointer", [](const httplib::Request&, httplib::Response& response) {
    Codes codes;
    void (Codes::*set)() = &Codes::SetBad;
    (codes.*set)();
    if (!client.Get("/method_pointer")) response.status = codes.bad;
  });
  server.listen("0.0.0.0", 8000);
}
