// Waiting longer each time is no bound.
#include <httplib.h>

#include <chrono>
#include <thread>

int main() {
  httplib::Server server;
  server.Get("/", [](const httplib::Request&, httplib::Response& response) {
    httplib::Client client("localhost", 9000);

    int wait = 1;
    for (;;) {
      if (client.Get("/one")) break;
      std::this_thread::sleep_for(std::chrono::seconds(wait));
      wait *= 2;
    }
  });
  server.listen("0.0.0.0", 8000);
}
