// The call, the handler and the types of the exceptions are in files of their own.
#include <httplib.h>

#include "fetch.h"

int main() {
  httplib::Server server;
  server.Get("/", [](const httplib::Request&, httplib::Response& response) {
    try {
      Fetch();
    } catch (const Down&) {
      response.status = 503;
    }
  });
  server.listen("0.0.0.0", 8000);
}
