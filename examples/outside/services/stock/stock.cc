// GET /stock answers how many there are.
#include <httplib.h>

#include <cstdlib>

int main(int argc, char** argv) {
  if (argc != 2) return 2;
  httplib::Server server;
  server.Get("/stock", [](const httplib::Request&, httplib::Response& response) {
    response.set_content("3", "text/plain");
  });
  // httplib's default, SO_REUSEPORT, would let a second process share the port unnoticed.
  server.set_socket_options([](socket_t socket) {
    const int yes = 1;
    setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
  });
  return server.listen("127.0.0.1", std::atoi(argv[1])) ? 0 : 1;
}
