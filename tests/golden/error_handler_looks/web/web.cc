// What the server looks at after the handler takes no fault of a call in it.
#include <httplib.h>

int main() {
  httplib::Server server;
  server.set_error_handler([](const httplib::Request&, httplib::Response& response) {
    if (response.status == 503) {
      response.set_content("later", "text/plain");
    } else if (response.status >= 500) {
      response.set_content("failed", "text/plain");
    }
  });
  server.Get("/", [](const httplib::Request&, httplib::Response& response) {
    httplib::Client client("localhost", 9000);
    const auto result = client.Get("/data");
    response.status = result ? result->status : 504;
  });
  server.listen("0.0.0.0", 8000);
}
