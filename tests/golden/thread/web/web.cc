// An exception leaves a thread: the process ends, whatever the handler would catch.
#include <httplib.h>

#include <stdexcept>
#include <thread>

int main() {
  httplib::Server server;
  server.Get("/", [](const httplib::Request&, httplib::Response& response) {
    try {
      std::thread notifier([] {
        httplib::Client client("localhost", 9000);
        if (!client.Post("/notify", "x", "text/plain")) throw std::runtime_error("down");
      });
      notifier.join();
    } catch (...) {
      response.status = 503;
    }
  });
  server.listen("0.0.0.0", 8000);
}
