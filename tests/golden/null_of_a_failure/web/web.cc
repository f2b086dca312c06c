// What a failed call left is null, and is followed.
#include <httplib.h>

#include <optional>

struct Data {
  int status = 200;
};

std::optional<Data> Ask(const char* path) {
  httplib::Client client("localhost", 9000);
  if (!client.Get(path)) return std::nullopt;
  return Data();
}

const Data* Find(const char* path) {
  static const Data kData;
  httplib::Client client("localhost", 9000);
  return client.Get(path) ? &kData : nullptr;
}

int main() {
  httplib::Server server;
  server.Get("/", [](const httplib::Request&, httplib::Response& response) {
    const Data* one = Find("/one");
    response.status = one->status;
    const std::optional<Data> two = Ask("/two");
    response.status = two->status;
    response.status = Ask("/three").value().status;
  });
  server.listen("0.0.0.0", 8000);
}
