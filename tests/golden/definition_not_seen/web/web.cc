// A function that only the linker knows decides: not known, and said so.
#include <httplib.h>

int StatusFor(httplib::Error error);
void Fail(httplib::Response& response);

int main() {
  httplib::Server server;
  server.Get("/decides", [](const httplib::Request&, httplib::Response& response) {
    httplib::Client client("localhost", 9000);
    const auto result = client.Get("/data");
    if (!result) response.status = StatusFor(result.error());
  });
  server.Get("/sets", [](const httplib::Request&, httplib::Response& response) {
    httplib::Client client("localhost", 9000);
    const auto result = client.Get("/data");
    if (!result) Fail(response);
  });
  server.listen("0.0.0.0", 8000);
}
