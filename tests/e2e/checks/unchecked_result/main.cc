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
    auto result = client.Get("/bar");  // finds: unchecked-result
    response.status = result->status == 200 ? 200 : 503;
  });
  server.Get("/fixed", [](const httplib::Request&, httplib::Response& response) {
    auto client = To(9000);
    auto result = client.Get("/bar");
    if (!result) {
      response.status = 503;
      return;
    }
    response.status = result->status == 200 ? 200 : 503;
  });
  server.listen("0.0.0.0", 8007);
}
