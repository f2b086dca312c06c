// Every handler is wrapped by a function that answers its exceptions.
#include <httplib.h>

#include <stdexcept>

httplib::Server::Handler Guarded(httplib::Server::Handler handler) {
  return [handler](const httplib::Request& request, httplib::Response& response) {
    try {
      handler(request, response);
    } catch (const std::exception&) {
      response.status = 502;
    }
  };
}

void Handle(const httplib::Request&, httplib::Response& response) {
  httplib::Client client("localhost", 9000);
  const auto result = client.Get("/data");
  if (!result) throw std::runtime_error("down");
  response.set_content(result->body, "text/plain");
}

int main() {
  httplib::Server server;
  server.Get("/", Guarded(Handle));
  server.listen("0.0.0.0", 8000);
}
