// POST /entries takes an entry down; GET /entries/ENTRY is answered with 200 if it is there.
#include <httplib.h>

#include <cstdlib>
#include <mutex>
#include <set>
#include <string>

int main() {
  std::mutex mutex;
  std::set<std::string> entries;

  httplib::Server server;
  server.set_socket_options([](socket_t socket) {
    const int on = 1;
    ::setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  });
  server.Get("/health-check", [](const httplib::Request&, httplib::Response& response) {
    response.set_content("OK", "text/plain");
  });
  server.Post("/entries", [&](const httplib::Request& request, httplib::Response& response) {
    const std::lock_guard<std::mutex> lock(mutex);
    entries.insert(request.body);
    response.status = 201;
  });
  server.Get("/entries/(.+)", [&](const httplib::Request& request, httplib::Response& response) {
    const std::lock_guard<std::mutex> lock(mutex);
    response.status = entries.count(request.matches[1]) > 0 ? 200 : 404;
  });
  const char* port = std::getenv("LEDGER_PORT");
  return server.listen("127.0.0.1", port != nullptr ? std::atoi(port) : 5101) ? 0 : 1;
}
