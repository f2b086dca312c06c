// The client is used through an interface that a class of the service implements.
#include <httplib.h>

#include <memory>

struct Source {
  virtual ~Source() = default;
  virtual bool Read() = 0;
};

struct Remote : Source {
  bool Read() override {
    httplib::Client client("localhost", 9000);
    return static_cast<bool>(client.Get("/data"));
  }
};

int main() {
  httplib::Server server;
  server.Get("/", [](const httplib::Request&, httplib::Response& response) {
    const std::unique_ptr<Source> source = std::make_unique<Remote>();
    response.status = source->Read() ? 200 : 503;
  });
  server.listen("0.0.0.0", 8000);
}
