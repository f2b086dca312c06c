// A header is missing and a line is wrong; the rest is understood all the same.
#include <httplib.h>

#include "generated/not_there.h"

int main() {
  httplib::Server server;
  server.Get("/", [](const httplib::Request&, httplib::Response& response) {
    generated::Span span("handler");
    httplib::Client client("localhost", 9000);
    const auto result = client.Get("/data");
    if (!result) {
      response.status = 503;
      return;
    }
    response.status = not_declared(result);
  });
  server.listen("0.0.0.0", 8000);
}
