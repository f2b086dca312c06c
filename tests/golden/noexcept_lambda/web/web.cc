// An exception cannot leave a noexcept lambda, nor a destructor.
#include <httplib.h>

#include <stdexcept>
#include <string>

std::string Fetch(const std::string& path) {
  httplib::Client client("localhost", 9000);
  const auto result = client.Get(path);
  if (!result) throw std::runtime_error("down");
  return result->body;
}

struct Closer {
  ~Closer() { Fetch("/two"); }
};

int main() {
  httplib::Server server;
  server.Get("/", [](const httplib::Request&, httplib::Response& response) {
    const auto one = []() noexcept { Fetch("/one"); };
    one();
    {
      Closer closer;
    }
  });
  server.listen("0.0.0.0", 8000);
}
