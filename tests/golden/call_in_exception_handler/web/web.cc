// The exception handler makes a call of its own, and answers by what becomes of it.
#include <httplib.h>

#include <exception>
#include <stdexcept>

int main() {
  httplib::Server server;
  server.set_exception_handler(
      [](const httplib::Request&, httplib::Response& response, std::exception_ptr) {
        httplib::Client audit("localhost", 9001);
        const auto logged = audit.Post("/log", "", "text/plain");
        if (!logged) {
          response.status = 503;
        } else if (logged->status == 500) {
          response.status = 502;
        } else {
          response.status = 404;
        }
      });
  server.Get("/", [](const httplib::Request&, httplib::Response& response) {
    throw std::runtime_error("no such thing");
  });
  server.listen("0.0.0.0", 8000);
}
