// Three attempts; then the error is answered.
#include <httplib.h>

int main() {
  httplib::Server server;
  server.Get("/", [](const httplib::Request&, httplib::Response& response) {
    httplib::Client client("localhost", 9000);
    for (int attempt = 0; attempt < 3; ++attempt) {
      const auto result = client.Get("/data");
      if (result && result->status == 200) {
        response.set_content(result->body, "text/plain");
        return;
      }
    }
    response.status = 503;
  });
  server.listen("0.0.0.0", 8000);
}
