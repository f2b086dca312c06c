// A function whose body is a try block, and a constructor's.
#include <httplib.h>

#include <stdexcept>
#include <string>

std::string Fetch(const std::string& path) {
  httplib::Client client("localhost", 9000);
  const auto result = client.Get(path);
  if (!result) throw std::runtime_error("down");
  return result->body;
}

int Status() try {
  Fetch("/one");
  return 200;
} catch (const std::runtime_error&) {
  return 503;
}

struct Holder {
  Holder() try : data(Fetch("/two")) {
  } catch (const std::runtime_error&) {
    throw std::logic_error("no data");
  }
  std::string data;
};

int main() {
  httplib::Server server;
  server.Get("/", [](const httplib::Request&, httplib::Response& response) {
    response.status = Status();
    try {
      Holder holder;
    } catch (const std::logic_error&) {
      response.status = 502;
    }
  });
  server.listen("0.0.0.0", 8000);
}
