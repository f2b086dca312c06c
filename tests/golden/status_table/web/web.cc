// Statuses from tables: by an index, a map's key, and one that is not known.
#include <httplib.h>

#include <map>
#include <string>

const std::map<std::string, int> kByReason = {{"down", 503}, {"late", 504}};
constexpr int kByIndex[] = {502, 410};

int main() {
  httplib::Server server;
  server.Get("/", [](const httplib::Request&, httplib::Response& response) {
    httplib::Client client("localhost", 9000);

    const auto result = client.Get("/data");
    if (!result) {
      response.status = kByReason.at("down");
    } else if (result->status == 404) {
      response.status = kByIndex[1];
    } else if (result->status != 200) {
      response.status = kByIndex[result->body.size() % 2];
    }
  });
  server.listen("0.0.0.0", 8000);
}
