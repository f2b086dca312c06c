// A jump over a call to another one.
#include <httplib.h>

int main() {
  httplib::Server server;
  server.Get("/", [](const httplib::Request& request, httplib::Response& response) {
    httplib::Client client("localhost", 9000);

    if (request.path.empty()) goto failed;
    if (!client.Get("/one")) response.status = 502;
    return;
  failed:
    if (!client.Get("/two")) response.status = 503;
  });
  server.listen("0.0.0.0", 8000);
}
