// A jump into a block is not followed, and said so.
#include <httplib.h>

int main() {
  httplib::Server server;
  server.Get("/", [](const httplib::Request&, httplib::Response& response) {
    httplib::Client client("localhost", 9000);

    const auto result = client.Get("/data");
    if (!result) goto failed;
    if (result->status == 404) {
      response.status = 410;
    failed:
      response.status = 503;
    }
  });
  server.listen("0.0.0.0", 8000);
}
