// Arguments for the `...` of a function of the system's: they have no parameter, and the failure is
// handled after it as before.
#include <httplib.h>

#include <cstdio>
#include <string>

struct Sizes {
  int first = 1;
};

int main() {
  httplib::Server server;
  server.Get("/", [](const httplib::Request& request, httplib::Response& response) {
    httplib::Client client("localhost", 9000);
    auto result = client.Get("/all");
    const int a = 1, b = 2, c = 3, d = 4, e = 5, f = 6, g = 7, h = 8;
    Sizes sizes;
    char line[200];
    std::snprintf(line, sizeof line, "%d%d%d%d%d%d%d%d%d%s%d", a, b, c, d, e, f, g, h, sizes.first,
                  request.path.c_str(), a);
    std::printf("%d%d%d%d%d%d%d%d%d%s", a, b, c, d, e, f, g, h, sizes.first, line);
    if (!result) {
      response.status = 503;
      return;
    }
    response.set_content(line, "text/plain");
  });
  server.listen("0.0.0.0", 8000);
}
