// A list of replicas, tried one after the other.
#include <httplib.h>

#include <string>
#include <vector>

int main() {
  httplib::Server server;
  server.Get("/", [](const httplib::Request&, httplib::Response& response) {
    for (const char* host : {"http://one:9000", "http://two:9000"}) {
      httplib::Client client(host);
      const auto result = client.Get("/data");
      if (!result) continue;
      response.set_content(result->body, "text/plain");
      return;
    }
    response.status = 503;
  });
  server.listen("0.0.0.0", 8000);
}
