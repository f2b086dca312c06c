// What is done any number of times may change what it changes in any round, and end in any.
#include <httplib.h>

#include <algorithm>
#include <cstdlib>
#include <functional>
#include <string>
#include <vector>

bool More();
void Set(int& code) { code = 503; }

struct Count {
  int calls = 0;
  void operator()(int) { ++calls; }
};

httplib::Client client("localhost", 9000);

int main() {
  httplib::Server server;
  server.Get("/field", [](const httplib::Request&, httplib::Response& response) {
    const auto result = client.Get("/field");
    int round = 0;
    while (More()) {
      if (!result && ++round == 5) response.status = 503;
    }
  });
  server.Get("/reference", [](const httplib::Request&, httplib::Response& response) {
    int code = 200;
    int round = 0;
    while (More()) {
      if (++round == 5) Set(code);
    }
    if (!client.Get("/reference")) response.status = code;
  });
  server.Get("/return", [](const httplib::Request&, httplib::Response& response) {
    const auto result = client.Get("/return");
    int round = 0;
    while (More()) {
      if (result || ++round != 5) continue;
      response.status = 503;
      return;
    }
  });
  server.Get("/after_sixteen", [](const httplib::Request&, httplib::Response& response) {
    const auto result = client.Get("/after_sixteen");
    for (int round = 0; round < 100; ++round) {
      if (!result && round == 50) response.status = 503;
    }
  });
  server.Get("/elements", [](const httplib::Request& request, httplib::Response& response) {
    int code = 200;
    int round = 0;
    for (const char character : request.body) {
      if (++round == 5 && character != ' ') code = 503;
    }
    if (!client.Get("/elements")) response.status = code;
  });
  server.Get("/unchanged", [](const httplib::Request&, httplib::Response& response) {
    int code = 503;
    int sum = 0;
    while (More()) sum += code;
    if (!client.Get("/unchanged")) response.status = code;
  });
  server.Get("/algorithm", [](const httplib::Request&, httplib::Response& response) {
    const std::vector<int> some = {1, 2, 3};
    int calls = 0;
    std::for_each(some.begin(), some.end(), [&](int) { ++calls; });
    if (!client.Get("/algorithm") && calls == 3) response.status = 503;
  });
  server.Get("/functor", [](const httplib::Request&, httplib::Response& response) {
    const std::vector<int> some = {1, 2, 3};
    Count count;
    std::for_each(some.begin(), some.end(), std::ref(count));
    if (!client.Get("/functor") && count.calls == 3) response.status = 503;
  });
  server.Get("/throws_later", [](const httplib::Request&, httplib::Response& response) {
    const std::vector<int> some = {1, 2, 3};
    const auto result = client.Get("/throws_later");
    int calls = 0;
    try {
      std::for_each(some.begin(), some.end(), [&](int) {
        if (!result && ++calls == 3) throw calls;
      });
    } catch (int) {
      response.status = 503;
    }
  });
  server.listen("0.0.0.0", 8000);
}
