// After the fault the service begins to serve on some paths, and ends on others: they are told
// apart however much there is to follow.
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
  httplib::Client client("localhost", 9000);
  httplib::Server server;
  const auto style = client.Get("/style");
  const auto theme = client.Get("/theme");
  Style chosen;
  Adjust(chosen);
  if (style || std::rand() == 7) server.listen("0.0.0.0", 8000);
  Adjust(chosen);
}
