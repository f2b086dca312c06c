#include <httplib.h>

int main() {
  httplib::Server server;
  server.Get("/data", [](const httplib::Request& request, httplib::Response& response) {
    if (!request.has_param("id")) {
      response.status = 422;
      return;
    }
    if (request.get_param_value("id") == "0") {
      response.status = 404;
      return;
    }
    response.set_content("data", "text/plain");
  });
  server.listen("0.0.0.0", 9000);
}
