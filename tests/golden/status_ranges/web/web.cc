// Statuses are told apart by ranges and by value.
#include <httplib.h>

int main() {
  httplib::Server server;
  server.Get("/", [](const httplib::Request&, httplib::Response& response) {
    httplib::Client client("http://data:9000");
    const auto result = client.Get("/data");
    if (!result || result->status >= 500) {
      response.status = 503;
    } else if (result->status == 404) {
      response.status = 404;
    } else if (result->status / 100 == 4) {
      response.status = 400;
    } else {
      response.set_content(result->body, "text/plain");
    }
  });
  server.listen("0.0.0.0", 8000);
}
