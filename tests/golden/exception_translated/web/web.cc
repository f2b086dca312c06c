// One exception becomes another on its way, with the first one nested in it.
#include <httplib.h>

#include <exception>
#include <stdexcept>
#include <string>

std::string Fetch(const std::string& path) {
  httplib::Client client("localhost", 9000);
  const auto result = client.Get(path);
  if (!result) throw std::runtime_error("down");
  return result->body;
}

struct DataError : std::logic_error {
  using std::logic_error::logic_error;
};

void Load() {
  try {
    Fetch("/data");
  } catch (const std::runtime_error&) {
    std::throw_with_nested(DataError("no data"));
  }
}

int main() {
  httplib::Server server;
  server.Get("/", [](const httplib::Request&, httplib::Response& response) {
    try {
      Load();
    } catch (const DataError&) {
      response.status = 503;
    }
  });
  server.listen("0.0.0.0", 8000);
}
