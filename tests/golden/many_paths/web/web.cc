// Branches that have nothing to do with the fault: where there are too many paths to follow, fewer
// are told apart. What all of them do is known, and what they differ in is not.
#include <httplib.h>

#include <cstdlib>
#include <stdexcept>
#include <string>

struct Style {
  int size = 0;
  int color = 0;
  bool is_bold = false;
  bool is_open = false;
};

struct Missing : std::runtime_error {
  Missing() : std::runtime_error("missing") {}
};

struct Stale : std::runtime_error {
  Stale() : std::runtime_error("stale") {}
};

int main() {
  httplib::Server server;
  server.Get("/page", [](const httplib::Request&, httplib::Response& response) {
    httplib::Client client("localhost", 9000);
    const auto result = client.Get("/items");
    Style style;
    int width = 0;
    int seen = 0;
    for (int i = 0; i < std::rand(); ++i) {
      if (std::rand() == 1) style.size = 1;
      if (std::rand() == 2) style.color += 1;
      if (std::rand() == 3) style.color += 2;
      if (std::rand() == 4) style.is_bold = true;
      if (std::rand() == 5) style.is_open = !style.is_open;
      if (style.is_bold) width += 2;
      if (style.is_open) width += style.color;
      for (int j = 0; j < std::rand(); ++j) {
        if (std::rand() == 6) width += 3;
        if (std::rand() == 7) width += 4;
        for (int k = 0; k < std::rand(); ++k) {
          if (std::rand() == 8) seen += width;
          if (std::rand() == 9) seen += 7;
          if (style.color == width) style.size = seen;
          for (int l = 0; l < std::rand(); ++l) {
            if (std::rand() == 10) seen += k;
            if (std::rand() == 11) seen -= j;
            if (std::rand() == 12) style.size += l;
            for (int m = 0; m < std::rand(); ++m) {
              if (std::rand() == 13) seen += l;
              if (std::rand() == 14) width -= m;
            }
          }
        }
      }
    }
    httplib::Client prices("localhost", 9001);
    const auto price = prices.Get("/prices");
    httplib::Client users("localhost", 9002);
    const auto user = users.Get("/users");
    if (!result || result->status != 200) {
      response.status = 503;
      return;
    }
    // Which of the two differs between paths.
    if (!price) response.status = seen == 7 ? 502 : 504;
    // The exception that is thrown on is one of two, which differ in what is answered.
    try {
      if (!user && std::rand() == 1) throw Missing();
      if (!user) throw Stale();
    } catch (const std::exception&) {
      try {
        for (int i = 0; i < std::rand(); ++i) {
          if (std::rand() == 1) width += 1;
          if (std::rand() == 2) width += 2;
        }
        throw;
      } catch (const Missing&) {
        response.status = 404;
      } catch (const Stale&) {
        response.status = 503;
      }
    }
  });
  server.listen("0.0.0.0", 8000);
}
