// What is done about a failure is handed in as functions.
#include <httplib.h>

#include <functional>
#include <string>

void Fetch(const std::function<void(const std::string&)>& on_data,
           const std::function<void(int)>& on_error) {
  httplib::Client client("localhost", 9000);
  const auto result = client.Get("/data");
  if (!result) return on_error(503);
  if (result->status != 200) return on_error(502);
  on_data(result->body);
}

int main() {
  httplib::Server server;
  server.Get("/", [](const httplib::Request&, httplib::Response& response) {
    Fetch([&](const std::string& body) { response.set_content(body, "text/plain"); },
          [&](int status) { response.status = status; });
  });
  server.listen("0.0.0.0", 8000);
}
