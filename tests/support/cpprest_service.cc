// A service made of the C++ REST SDK, which knows nothing of us: answers 200. With a second port,
// it asks the service there first, and goes on when the answer has come, on whatever thread; it
// answers 502 if that is not 200, and asks a second time for what it may log.
//
//   cpprest_service PORT [CALLEE_PORT]
#include <cpprest/http_client.h>
#include <cpprest/http_listener.h>
#include <unistd.h>

#include <cstdlib>
#include <memory>
#include <string>

namespace {

using web::http::http_request;
using web::http::http_response;
using web::http::methods;
using web::http::status_codes;
using web::http::client::http_client;

std::unique_ptr<http_client> callee;  // null: there is none

pplx::task<bool> CalleeIsWell(const std::string& path) {
  return callee->request(methods::GET, path)
      .then([](const http_response& response) {
        return response.extract_string().then(
            [status = response.status_code()](std::string) { return status == status_codes::OK; });
      })
      .then([](const pplx::task<bool>& asked) {
        try {
          return asked.get();
        } catch (const web::http::http_exception&) {
          return false;
        }
      });
}

void Handle(const http_request& request) {
  if (callee == nullptr || request.relative_uri().path() == "/health-check") {
    request.reply(status_codes::OK, "well");
    return;
  }
  CalleeIsWell("/first")
      .then([](bool is_well) {
        return is_well ? CalleeIsWell("/second") : pplx::task_from_result(false);
      })
      .then([request](bool is_well) {
        return request.reply(is_well ? status_codes::OK : status_codes::BadGateway);
      });
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) return 2;
  const auto uri = [](const std::string& port) { return web::uri("http://127.0.0.1:" + port); };
  if (argc > 2) {
    web::http::client::http_client_config config;
    config.set_timeout(std::chrono::seconds(10));
    callee = std::make_unique<http_client>(uri(argv[2]), config);
  }
  web::http::experimental::listener::http_listener listener(uri(argv[1]));
  listener.support(Handle);
  listener.open().wait();
  ::pause();
}
