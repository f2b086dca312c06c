// Each error is answered with a status of its own.
#include <httplib.h>

namespace web {

void Handle(const httplib::Request&, httplib::Response& response) {
  httplib::Client client("http://localhost:9000");
  client.set_read_timeout(5);
  if (auto result = client.Get("/data")) {
    response.set_content(result->body, "text/plain");
  } else {
    switch (result.error()) {
      case httplib::Error::Connection:
        response.status = 503;
        break;
      case httplib::Error::Read:
      case httplib::Error::ConnectionTimeout:
        response.status = 504;
        break;
      default:
        response.status = 502;
    }
  }
}

}  // namespace web

int main() {
  httplib::Server server;
  server.Get("/", web::Handle);
  server.listen("0.0.0.0", 8000);
}
