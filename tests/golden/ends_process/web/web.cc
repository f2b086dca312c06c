// abort and exit, each behind a check.
#include <httplib.h>

#include <cstdlib>

int main() {
  httplib::Server server;
  server.Get("/", [](const httplib::Request&, httplib::Response& response) {
    httplib::Client client("localhost", 9000);
    const auto result = client.Get("/data");
    if (!result) std::abort();
    if (result->status >= 500) exit(1);
    response.set_content(result->body, "text/plain");
  });
  server.listen("0.0.0.0", 8000);
}
