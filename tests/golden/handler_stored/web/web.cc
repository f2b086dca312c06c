// Handlers come from a function's name, a member function and a std::function.
#include <httplib.h>

#include <functional>

void Named(const httplib::Request&, httplib::Response& response) {
  httplib::Client client("localhost", 9000);
  if (!client.Get("/named")) response.status = 502;
}

class Routes {
 public:
  void Member(const httplib::Request&, httplib::Response& response) {
    httplib::Client client("localhost", 9000);
    if (!client.Get("/member")) response.status = 503;
  }
};

int main() {
  httplib::Server server;
  Routes routes;
  server.Get("/named", Named);
  server.Get("/member",
             std::bind(&Routes::Member, &routes, std::placeholders::_1, std::placeholders::_2));
  const std::function<void(const httplib::Request&, httplib::Response&)> stored =
      [&routes](const httplib::Request& request, httplib::Response& response) {
        routes.Member(request, response);
      };
  server.Get("/stored", stored);
  server.Get("/", [](const httplib::Request&, httplib::Response& response) {
    httplib::Client client("localhost", 9000);
    if (!client.Get("/lambda")) response.status = 501;
  });
  server.listen("0.0.0.0", 8000);
}
