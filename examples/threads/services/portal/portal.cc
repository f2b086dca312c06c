// GET / is what dashboard shows.
#include <filibuster/httplib.h>

#include "common/service.h"

FILIBUSTER_SERVICE("portal");

int main() {
  const std::string dashboard_url = EnvOr("DASHBOARD_URL", "http://127.0.0.1:5150");
  httplib::Server server;
  server.Get("/", [&](const httplib::Request&, httplib::Response& response) {
    httplib::Client dashboard(dashboard_url);
    dashboard.set_read_timeout(15);
    const httplib::Result page = dashboard.Get("/dashboard");
    if (!page || page->status != 200) {
      response.status = 503;
      return;
    }
    response.set_content(page->body, "text/plain");
  });
  return Serve(server, std::atoi(EnvOr("PORTAL_PORT", "5153").c_str()));
}
