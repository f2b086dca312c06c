// Handlers that return a response, a number or a text.
#include <crow.h>

#include <stdexcept>

int main() {
  crow::SimpleApp app;
  CROW_ROUTE(app, "/response")([](const crow::request& request) {
    if (request.url.empty()) return crow::response(404);
    if (request.url == "/x") return crow::response(503, "busy");
    return crow::response("fine");
  });
  CROW_ROUTE(app, "/number")([] { return 501; });
  CROW_ROUTE(app, "/text")([] { return std::string("text"); });
  CROW_ROUTE(app, "/throw")([](int id) {
    if (id < 0) throw std::out_of_range("id");
    return std::string("item");
  });
  app.port(8000).run();
}
