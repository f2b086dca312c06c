// GET /baz answers "baz".
#include <filibuster/httplib.h>

#include "common/config.h"
#include "common/http_server.h"

FILIBUSTER_SERVICE("baz");

int main() {
  httplib::Server server;
  server.Get("/baz", [](const httplib::Request&, httplib::Response& response) {
    response.set_content("baz", "text/plain");
  });
  return tutorial::Serve(server, "baz", tutorial::EnvOr("BAZ_PORT", 5002));
}
