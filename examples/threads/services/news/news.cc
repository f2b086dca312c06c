// GET /news/today answers with the news.
#include <filibuster/httplib.h>

#include "common/service.h"

FILIBUSTER_SERVICE("news");

int main() {
  httplib::Server server;
  server.Get("/news/today", [](const httplib::Request&, httplib::Response& response) {
    response.set_content("nothing new", "text/plain");
  });
  return Serve(server, std::atoi(EnvOr("NEWS_PORT", "5152").c_str()));
}
