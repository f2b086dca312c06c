// The result is taken apart by a structured binding.
#include <httplib.h>

#include <utility>

std::pair<bool, int> Fetch() {
  httplib::Client client("localhost", 9000);
  const auto result = client.Get("/data");
  return result ? std::make_pair(true, result->status) : std::make_pair(false, 0);
}

int main() {
  httplib::Server server;
  server.Get("/", [](const httplib::Request&, httplib::Response& response) {
    const auto [is_good, status] = Fetch();
    if (!is_good) {
      response.status = 503;
      return;
    }
    if (status == 404) response.status = 410;
  });
  server.listen("0.0.0.0", 8000);
}
