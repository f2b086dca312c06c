// Handlers that fill the response that they are given, after a call.
#include <crow.h>
#include <httplib.h>

int main() {
  crow::SimpleApp app;
  CROW_ROUTE(app, "/data")([](const crow::request&, crow::response& response) {
    httplib::Client client("localhost", 9000);
    auto result = client.Get("/data");
    if (!result) {
      response.code = 503;
    } else if (result->status != 200) {
      response.code = result->status;
    } else {
      response.body = result->body;
    }
    response.end();
  });
  CROW_ROUTE(app, "/ping")([] {
    httplib::Client client("localhost", 9001);
    return client.Get("/ping") ? crow::response(200) : crow::response(504);
  });
  app.port(8000).run();
}
