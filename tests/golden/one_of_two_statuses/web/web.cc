// A variable that is one of two statuses: both are errors of the service.
#include <httplib.h>

int main() {
  httplib::Server server;
  server.Get("/", [](const httplib::Request& request, httplib::Response& response) {
    httplib::Client client("localhost", 9000);

    const auto result = client.Get("/data");
    if (!result) {
      const int status = request.path.empty() ? 503 : 504;
      response.status = status;
    }
  });
  server.listen("0.0.0.0", 8000);
}
