// GET /page shows how many are in stock, or that nobody knows.
#include <httplib.h>

#include <cstdlib>
#include <string>

namespace {

std::string StockText(int port) {
  httplib::Client stock("127.0.0.1", port);
  stock.set_read_timeout(5);
  const httplib::Result answer = stock.Get("/stock");
  if (!answer) return "we do not know how many are";
  return answer->body + " are";
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) return 2;
  const int stock_port = std::atoi(argv[2]);
  httplib::Server server;
  server.Get("/page", [&](const httplib::Request&, httplib::Response& response) {
    response.set_content(StockText(stock_port) + " in stock", "text/plain");
  });
  // httplib's default, SO_REUSEPORT, would let a second process share the port unnoticed.
  server.set_socket_options([](socket_t socket) {
    const int yes = 1;
    setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
  });
  return server.listen("127.0.0.1", std::atoi(argv[1])) ? 0 : 1;
}
