// The task throws where it is waited for; a continuation takes the response, or the task.
#include <cpprest/http_client.h>
#include <httplib.h>

#include <vector>

using httplib::Request;
using httplib::Response;
using web::http::http_exception;
using web::http::http_response;
using web::http::methods;
using web::http::status_codes;
using web::http::client::http_client;

int Wait() {
  web::http::client::http_client_config config;
  config.set_timeout(std::chrono::seconds(4));
  http_client client("http://localhost:9000", config);
  try {
    const http_response answer = client.request(methods::GET, "/data").get();
    return answer.status_code() == status_codes::OK ? 200 : 502;
  } catch (const http_exception& e) {
    return e.error_code() == std::errc::timed_out ? 504 : 503;
  }
}

int Continue() {
  http_client client("http://localhost:9001");
  int status = 200;
  client.request(methods::GET, "/data")
      .then([&status](http_response answer) {
        if (answer.status_code() != status_codes::OK) status = 502;
      })
      .then([&status](pplx::task<void> before) {
        try {
          before.get();
        } catch (const http_exception&) {
          status = 503;
        }
      })
      .wait();
  return status;
}

void Forget() {
  http_client client("http://localhost:9002");
  client.request(methods::GET, "/data").then([](http_response) {}).wait();
}

// Whether the configuration sets a timeout is not known.
int Ask(const web::http::client::http_client_config& config) {
  http_client client("http://localhost:9003", config);
  try {
    return client.request(methods::GET, "/data").get().status_code();
  } catch (const http_exception&) {
    return 503;
  }
}

int main() {
  const std::vector<web::http::client::http_client_config> configs(2);
  httplib::Server server;
  server.Get("/wait", [](const Request&, Response& response) { response.status = Wait(); });
  server.Get("/continue", [](const Request&, Response& response) { response.status = Continue(); });
  server.Get("/forget", [](const Request&, Response&) { Forget(); });
  server.Get("/ask", [&configs](const Request& request, Response& response) {
    response.status = Ask(configs[request.path.size() % 2]);
  });
  server.listen("0.0.0.0", 8000);
}
