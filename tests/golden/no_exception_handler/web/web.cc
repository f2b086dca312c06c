// Nobody takes the exception: the server answers 500.
#include <httplib.h>

#include <stdexcept>

int main() {
  httplib::Server server;
  server.Get("/", [](const httplib::Request&, httplib::Response& response) {
    httplib::Client client("localhost", 9000);
    const auto result = client.Get("/data");
    if (!result) throw std::runtime_error("down");
    if (result->status != 200) response.status = 502;
  });
  server.listen("0.0.0.0", 8000);
}
