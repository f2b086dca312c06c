// GET /price/SEAT answers with what the seat costs.
#include <filibuster/httplib.h>

#include "common/service.h"

FILIBUSTER_SERVICE("prices");

int main() {
  httplib::Server server;
  server.Get("/price/(\\w+)", [](const httplib::Request&, httplib::Response& response) {
    response.set_content("25", "text/plain");
  });
  return Serve(server, std::atoi(EnvOr("PRICES_PORT", "5162").c_str()));
}
