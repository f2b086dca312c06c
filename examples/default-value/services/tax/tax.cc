// GET /rate/COUNTRY answers with the rate of the tax there, in percent; for "unknown", with that of
// the shop's own country.
#include <httplib.h>

#include <map>

#include "common/service.h"

int main() {
  const std::map<std::string, std::string> rates = {
      {"DE", "19"}, {"FR", "20"}, {"SE", "25"}, {"unknown", "19"}};
  httplib::Server server;
  server.Get("/rate/(\\w+)", [&](const httplib::Request& request, httplib::Response& response) {
    const auto rate = rates.find(request.matches[1]);
    if (rate == rates.end()) {
      response.status = 404;
      return;
    }
    response.set_content(rate->second, "text/plain");
  });
  return Serve(server, std::atoi(EnvOr("TAX_PORT", "5142").c_str()));
}
