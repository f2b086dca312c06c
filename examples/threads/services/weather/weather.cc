// GET /weather/today answers with the weather.
#include <filibuster/httplib.h>

#include "common/service.h"

FILIBUSTER_SERVICE("weather");

int main() {
  httplib::Server server;
  server.Get("/weather/today", [](const httplib::Request&, httplib::Response& response) {
    response.set_content("sunny", "text/plain");
  });
  return Serve(server, std::atoi(EnvOr("WEATHER_PORT", "5151").c_str()));
}
