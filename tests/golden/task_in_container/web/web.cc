// A task that comes out of a container, or is made of others, may be the one that throws.
#include <cpprest/http_client.h>
#include <httplib.h>

#include <list>
#include <vector>

using web::http::http_response;
using web::http::methods;
using web::http::client::http_client;

int main() {
  httplib::Server server;
  server.Get("/list", [](const httplib::Request&, httplib::Response& response) {
    http_client client("http://localhost:9000");
    std::list<pplx::task<http_response>> tasks;
    tasks.emplace_back(client.request(methods::GET, "/one"));
    try {
      tasks.front().get();
    } catch (const std::exception&) {
      response.status = 502;
    }
  });
  server.Get("/asked", [](const httplib::Request&, httplib::Response& response) {
    http_client client("http://localhost:9000");
    std::list<pplx::task<http_response>> others;
    try {
      client.request(methods::GET, "/two").get();
    } catch (const std::exception&) {
      response.status = 502;
    }
    if (!others.empty()) others.front().get();
  });
  server.listen("0.0.0.0", 8000);
}
