// A status that is looked for in a map, and a default.
#include <httplib.h>

#include <unordered_map>

const std::unordered_map<int, int> kStatuses = {{404, 410}, {503, 504}};

int main() {
  httplib::Server server;
  server.Get("/", [](const httplib::Request&, httplib::Response& response) {
    httplib::Client client("localhost", 9000);

    const auto result = client.Get("/data");
    if (!result || result->status != 200) {
      const auto found = kStatuses.find(result ? result->status : 0);
      response.status = found == kStatuses.end() ? 502 : found->second;
    }
  });
  server.listen("0.0.0.0", 8000);
}
