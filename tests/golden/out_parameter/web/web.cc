// The result comes through a reference and a pointer, the success as a bool.
#include <httplib.h>

#include <string>

bool Fetch(std::string& body, int* status) {
  httplib::Client client("localhost", 9000);
  const auto result = client.Get("/data");
  if (!result) return false;
  body = result->body;
  *status = result->status;
  return true;
}

int main() {
  httplib::Server server;
  server.Get("/", [](const httplib::Request&, httplib::Response& response) {
    std::string body;
    int status = 0;
    if (!Fetch(body, &status)) {
      response.status = 503;
    } else if (status >= 400) {
      response.status = 502;
    }
  });
  server.listen("0.0.0.0", 8000);
}
