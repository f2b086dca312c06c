// data never answers 404: web's answer to that is no error that web can give.
#include <httplib.h>

int main() {
  httplib::Server server;
  server.Get("/", [](const httplib::Request&, httplib::Response& response) {
    httplib::Client client("http://data:9000");
    const auto result = client.Get("/data");
    if (result && result->status == 404) response.status = 410;
  });
  server.listen("0.0.0.0", 8000);
}
