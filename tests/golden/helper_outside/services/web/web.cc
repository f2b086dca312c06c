// The call is made by a helper outside of the services directory, in a file of its own.
#include <httplib.h>

#include "common/fetch.h"

namespace web {

std::string Data() { return common::Fetch("http://localhost:9000", "/data"); }

}  // namespace web

int main() {
  httplib::Server server;
  server.Get("/", [](const httplib::Request&, httplib::Response& response) {
    try {
      response.set_content(web::Data(), "text/plain");
    } catch (const common::Unreachable&) {
      response.status = 503;
    }
  });
  server.listen("0.0.0.0", 8000);
}
