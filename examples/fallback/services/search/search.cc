// GET /search/WORD answers with what is called so. Runs twice: as search, and as its replica, by
// the name and the port that the environment gives.
#include <filibuster/httplib.h>

#include "common/service.h"

int main() {
  httplib::Server server;
  server.Get("/search/(.+)", [](const httplib::Request& request, httplib::Response& response) {
    response.set_content("a blue " + request.matches[1].str(), "text/plain");
  });
  return Serve(server, std::atoi(EnvOr("SEARCH_PORT", "5131").c_str()));
}
