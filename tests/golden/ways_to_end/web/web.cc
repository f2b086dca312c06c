// All of these end the process.
#include <httplib.h>
#include <unistd.h>

#include <cassert>
#include <csignal>
#include <cstdlib>
#include <exception>

#define CHECK(condition) \
  if (!(condition)) std::abort()

[[noreturn]] void Die(const char* why);

int main() {
  httplib::Server server;
  server.Get("/", [](const httplib::Request&, httplib::Response& response) {
    httplib::Client client("localhost", 9000);

    if (!client.Get("/1")) std::terminate();
    if (!client.Get("/2")) std::quick_exit(1);
    if (!client.Get("/3")) _exit(1);
    if (!client.Get("/4")) __builtin_trap();
    CHECK(client.Get("/5"));
    if (!client.Get("/6")) Die("no /6");
    if (!client.Get("/7")) std::raise(SIGABRT);
    assert(client.Get("/8"));
  });
  server.listen("0.0.0.0", 8000);
}
