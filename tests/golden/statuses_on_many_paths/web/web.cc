// Statuses that are set on some of more paths than are told apart: each of them is one that the
// service may answer with.
#include <httplib.h>

#include <cstdlib>

struct Style {
  int size = 0;
  int color = 0;
  int width = 0;
  int depth = 0;
  bool is_bold = false;
  bool is_open = false;
};

void Adjust(Style& style) {
  for (int i = 0; i < std::rand(); ++i) {
    if (std::rand() == 1) style.size += 1;
    if (std::rand() == 2) style.color += style.size;
    if (std::rand() == 3) style.width += style.color;
    if (std::rand() == 4) style.depth += style.width;
    if (std::rand() == 5) style.is_bold = !style.is_bold;
    if (std::rand() == 6) style.is_open = !style.is_open;
    for (int j = 0; j < std::rand(); ++j) {
      if (style.is_bold) style.size += 3;
      if (style.is_open) style.color += 5;
      for (int k = 0; k < std::rand(); ++k) {
        if (style.size == style.color) style.width += 7;
        if (style.width == style.depth) style.depth += 11;
      }
    }
  }
}

int main() {
  httplib::Server server;
  server.Get("/style", [](const httplib::Request&, httplib::Response& response) {
    httplib::Client client("localhost", 9000);
    const auto style = client.Get("/style");
    Style chosen;
    if (std::rand() == 7) response.status = 404;
    if (std::rand() == 8) response.status = 409;
    Adjust(chosen);
    if (!style) response.status = 503;
    Adjust(chosen);
  });
  server.listen("0.0.0.0", 8000);
}
