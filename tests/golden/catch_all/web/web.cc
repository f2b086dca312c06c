// catch (...) takes everything; what was thrown in between is translated on the way.
#include <httplib.h>

#include <stdexcept>

void Check(const httplib::Result& result) {
  if (!result) throw 1;
  if (result->status != 200) throw std::string("status");
}

std::string Fetch() {
  httplib::Client client("localhost", 9000);
  const auto result = client.Get("/data");
  try {
    Check(result);
  } catch (int) {
    throw std::logic_error("translated");
  }
  return result->body;
}

int main() {
  httplib::Server server;
  server.Get("/", [](const httplib::Request&, httplib::Response& response) {
    try {
      response.set_content(Fetch(), "text/plain");
    } catch (...) {
      response.status = 500;
    }
  });
  server.listen("0.0.0.0", 8000);
}
