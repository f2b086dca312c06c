// One template, two lambdas: two functions that do different things.
#include <httplib.h>

template <typename Answer>
void Ask(const char* path, Answer answer) {
  httplib::Client client("localhost", 9000);
  const auto result = client.Get(path);
  if (!result) answer();
}

int main() {
  httplib::Server server;
  server.Get("/one", [](const httplib::Request&, httplib::Response& response) {
    Ask("/one", [&] { response.status = 503; });
  });
  server.Get("/two", [](const httplib::Request&, httplib::Response& response) {
    Ask("/two", [&] { response.status = 504; });
  });
  server.listen("0.0.0.0", 8000);
}
