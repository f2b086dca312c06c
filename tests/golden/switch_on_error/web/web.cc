// A switch over the error, with a case that falls through.
#include <httplib.h>

int main() {
  httplib::Server server;
  server.Get("/", [](const httplib::Request&, httplib::Response& response) {
    httplib::Client client("localhost", 9000);

    const auto result = client.Get("/data");
    switch (result.error()) {
      case httplib::Error::Success:
        break;
      case httplib::Error::Connection:
        response.status = 503;
        break;
      case httplib::Error::Read:
      case httplib::Error::Write:
        response.status = 504;
        break;
      default:
        response.status = 502;
    }
  });
  server.listen("0.0.0.0", 8000);
}
