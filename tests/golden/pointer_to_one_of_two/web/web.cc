// Where fewer paths are told apart, those on which a pointer refers to something else still are:
// what is written through it is written to the response, or is not.
#include <httplib.h>

#include <cstdlib>

struct Style {
  int size = 0;
  int color = 0;
  bool is_bold = false;
  bool is_open = false;
};

struct Answer {
  httplib::Response* to = nullptr;
};

int main() {
  httplib::Server server;
  server.Get("/pointer", [](const httplib::Request&, httplib::Response& response) {
    httplib::Client client("localhost", 9000);
    httplib::Response spare;
    httplib::Response* to = &response;
    if (std::rand() == 1) to = &spare;
    const auto result = client.Get("/pointer");
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
    if (!result) to->status = 503;
  });
  server.Get("/member", [](const httplib::Request&, httplib::Response& response) {
    httplib::Client client("localhost", 9000);
    httplib::Response spare;
    Answer answer{&response};
    if (std::rand() == 1) answer.to = &spare;
    const auto result = client.Get("/member");
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
    if (!result) response.status = 503;
    if (!result) answer.to->status = 200;
  });
  server.listen("0.0.0.0", 8000);
}
