// A function that calls itself ends the analysis no less.
#include <httplib.h>

bool Fetch(int attempts) {
  if (attempts == 0) return false;
  httplib::Client client("localhost", 9000);
  if (client.Get("/data")) return true;
  return Fetch(attempts - 1);
}

int main() {
  httplib::Server server;
  server.Get("/", [](const httplib::Request&, httplib::Response& response) {
    if (!Fetch(3)) response.status = 503;
  });
  server.listen("0.0.0.0", 8000);
}
