// Thrown in one file, mapped to a status in another by the server's exception handler.
#include <httplib.h>

#include "errors.h"
#include "fetch.h"

int main() {
  httplib::Server server;
  server.Get("/", [](const httplib::Request&, httplib::Response& response) {
    response.set_content(web::Fetch("/item"), "text/plain");
  });
  server.set_exception_handler(
      [](const auto&, auto& response, std::exception_ptr exception) {
        try {
          std::rethrow_exception(exception);
        } catch (const web::Failure& failure) {
          response.status = failure.status();
        } catch (...) {
          response.status = 500;
        }
      });
  server.listen("0.0.0.0", 8000);
}
