// The body is handed to a function of the service while it arrives: what that does is not followed.
#include <httplib.h>

int main() {
  httplib::Server server;
  server.Get("/", [](const httplib::Request&, httplib::Response& response) {
    httplib::Client client("localhost", 9000);
    bool is_good = true;
    const auto result = client.Get("/data", [&](const httplib::Response& answer) {
      is_good = answer.status == 200;
      return true;
    });
    if (!result) {
      response.status = 503;
    } else if (!is_good) {
      response.status = 502;
    }
  });
  server.listen("0.0.0.0", 8000);
}
