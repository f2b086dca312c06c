// GET /tickets/SHOW answers with the best seat and its price: what seats, a Python service, says.
#include <filibuster/httplib.h>

#include "common/service.h"

FILIBUSTER_SERVICE("tickets");

int main() {
  const std::string seats_url = EnvOr("SEATS_URL", "http://127.0.0.1:5161");
  httplib::Server server;
  server.Get("/tickets/(\\w+)", [&](const httplib::Request& request, httplib::Response& response) {
    httplib::Client seats(seats_url);
    seats.set_read_timeout(20);
    const httplib::Result best = seats.Get("/best/" + request.matches[1].str());
    if (!best) {
      response.status = 503;
      return;
    }
    response.status = best->status;
    response.set_content(best->body, "text/plain");
  });
  return Serve(server, std::atoi(EnvOr("TICKETS_PORT", "5160").c_str()));
}
