#include <httplib.h>

int main() {
  httplib::Server server;
  server.Get("/data", [](const httplib::Request&, httplib::Response& response) {
    response.set_content("data", "text/plain");
  });
  server.listen("0.0.0.0", 9000);
}
