// What a service takes from its environment, and how it serves. Include httplib first, as it is or
// as filibuster/httplib.h.
#pragma once

#include <sys/socket.h>

#include <cstdlib>
#include <string>

inline std::string EnvOr(const std::string& name, const std::string& otherwise) {
  const char* value = std::getenv(name.c_str());
  return value != nullptr ? value : otherwise;
}

// Serves until the program is ended. Returns what main should: 1 if the port is taken.
inline int Serve(httplib::Server& server, int port) {
  server.set_tcp_nodelay(true);
  // httplib's default, SO_REUSEPORT, would let a second process share the port unnoticed.
  server.set_socket_options([](socket_t socket) {
    const int on = 1;
    ::setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  });
  server.Get("/health-check", [](const httplib::Request&, httplib::Response& response) {
    response.set_content("OK", "text/plain");
  });
  return server.listen("127.0.0.1", port) ? 0 : 1;
}
