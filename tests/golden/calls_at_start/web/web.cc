// A call before the server listens: without an answer the process ends.
#include <httplib.h>

#include <stdexcept>

int main() {
  httplib::Client client("localhost", 9000);
  const auto settings = client.Get("/settings");
  if (!settings) return 1;
  if (settings->status != 200) throw std::runtime_error("settings");
  httplib::Server server;
  server.listen("0.0.0.0", 8000);
}
