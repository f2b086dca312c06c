// Calls in functions that algorithms are handed.
#include <httplib.h>

#include <algorithm>
#include <string>
#include <vector>

int main() {
  httplib::Server server;
  server.Get("/", [](const httplib::Request&, httplib::Response& response) {
    httplib::Client client("localhost", 9000);

    const std::vector<std::string> paths = {"/one", "/two"};
    const bool all = std::all_of(paths.begin(), paths.end(), [&](const std::string& path) {
      return static_cast<bool>(client.Get(path));
    });
    if (!all) response.status = 503;
    std::for_each(paths.begin(), paths.end(), [&](const std::string& path) {
      if (!client.Post(path, "x", "text/plain")) response.status = 502;
    });
  });
  server.listen("0.0.0.0", 8000);
}
