// A handler made with std::bind_front and one with a captured this.
#include <httplib.h>

#include <functional>

class Routes {
 public:
  void Register(httplib::Server& server) {
    server.Get("/front", std::bind_front(&Routes::Front, this));
    server.Get("/this", [this](const httplib::Request& request, httplib::Response& response) {
      Captured(request, response);
    });
  }

 private:
  void Front(const httplib::Request&, httplib::Response& response) {
    if (!client_.Get("/front")) response.status = bad_status_;
  }
  void Captured(const httplib::Request&, httplib::Response& response) {
    if (!client_.Get("/captured")) response.status = 503;
  }

  httplib::Client client_{"localhost", 9000};
  int bad_status_ = 502;
};

int main() {
  httplib::Server server;
  Routes routes;
  routes.Register(server);
  server.Get("/", [](const httplib::Request&, httplib::Response& response) {
    httplib::Client client("localhost", 9000);
    if (!client.Get("/plain")) response.status = 501;
  });
  server.listen("0.0.0.0", 8000);
}
