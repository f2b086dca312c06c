#include <httplib.h>

httplib::Client To(int port) {
  httplib::Client client("localhost", port);
  client.set_read_timeout(1);
  return client;
}

int main() {
  httplib::Server server;
  server.Get("/found", [](const httplib::Request&, httplib::Response& response) {
    auto client = To(9000);
    if (auto result = client.Get("/bar")) {  // finds: unchecked-status
      response.set_content(result->body, "text/plain");
    } else {
      response.status = 503;
    }
  });
  server.Get("/fixed", [](const httplib::Request&, httplib::Response& response) {
    auto client = To(9000);
    if (auto result = client.Get("/bar"); result && result->status == 200) {
      response.set_content(result->body, "text/plain");
    } else {
      response.status = 503;
    }
  });
  server.listen("0.0.0.0", 8008);
}
