// What a thread does about a failure itself, and one that lets an exception go.
#include <httplib.h>

#include <stdexcept>
#include <string>
#include <thread>

std::string Fetch(const std::string& path) {
  httplib::Client client("localhost", 9000);
  const auto result = client.Get(path);
  if (!result) throw std::runtime_error("down");
  return result->body;
}

struct Job {
  void Run() { Fetch("/two"); }
};

void Careless(const char* path) { Fetch(path); }

int main() {
  httplib::Server server;
  server.Get("/", [](const httplib::Request&, httplib::Response& response) {
    std::thread careful([] {
      try {
        Fetch("/one");
      } catch (const std::exception&) {
      }
    });
    careful.detach();
    std::thread member(&Job::Run, Job());
    member.join();
    std::jthread modern(Careless, "/three");
  });
  server.listen("0.0.0.0", 8000);
}
