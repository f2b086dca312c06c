// A pointer is thrown, and caught as one to its base.
#include <httplib.h>

struct Problem {};
struct Down : Problem {};

int main() {
  httplib::Server server;
  server.Get("/", [](const httplib::Request&, httplib::Response& response) {
    httplib::Client client("localhost", 9000);

    try {
      if (!client.Get("/data")) throw new Down();
    } catch (const Problem* problem) {
      response.status = 503;
    }
  });
  server.listen("0.0.0.0", 8000);
}
