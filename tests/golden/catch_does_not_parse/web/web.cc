// A clause catches a type that is not declared: whether it takes the fault cannot be said.
#include <httplib.h>

#include <stdexcept>

struct Unreachable : std::runtime_error {
  using std::runtime_error::runtime_error;
};

std::string Fetch() {
  httplib::Client client("localhost", 9000);
  client.set_read_timeout(5);
  const auto result = client.Get("/data");
  if (!result) throw Unreachable("data");
  return result->body;
}

int main() {
  httplib::Server server;
  server.Get("/", [](const httplib::Request&, httplib::Response& response) {
    try {
      response.body = Fetch();
    } catch (const NotDeclared& error) {
      response.status = 503;
    }
  });
  server.listen("0.0.0.0", 8000);
}
