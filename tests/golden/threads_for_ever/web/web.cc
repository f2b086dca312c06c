// Threads that never end, or that end the process some time, do not stop those that start them.
#include <httplib.h>

#include <cstdlib>
#include <thread>

void Watch() {
  while (true) {
    httplib::Client client("localhost", 9001);
    client.Get("/beat");
  }
}

void EndLater() { std::exit(0); }

void EndWithoutOther() {
  httplib::Client client("localhost", 9002);
  if (!client.Get("/other")) std::exit(1);
}

int main() {
  std::thread watch(Watch);
  std::thread end(EndLater);
  std::thread other(EndWithoutOther);
  httplib::Server server;
  server.Get("/", [](const httplib::Request&, httplib::Response& response) {
    httplib::Client client("localhost", 9000);
    if (!client.Get("/data")) response.status = 503;
  });
  server.listen("0.0.0.0", 8000);
}
