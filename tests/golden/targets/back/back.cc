#include <httplib.h>

#include <cstdlib>
#include <string>

int main() {
  httplib::Server server;
  const char* port = std::getenv("PORT");
  server.bind_to_port("0.0.0.0", port != nullptr ? std::atoi(port) : 9000);
  server.listen_after_bind();
}
