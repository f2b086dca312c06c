// Stands in for Crow in golden tests: the declarations that services use.
#pragma once

#include <string>

namespace crow {

struct request {
  std::string url;
};

struct response {
  int code = 200;
  std::string body;
  response();
  explicit response(int code);
  response(int code, std::string body);
  response(std::string body);
  void end();
};

class TaggedRule {
 public:
  template <typename F>
  void operator()(F&& handler) {}
};

template <typename... Middlewares>
class Crow {
 public:
  TaggedRule route(const char* url);
  Crow& port(unsigned short port);
  void run();
};
using SimpleApp = Crow<>;

}  // namespace crow

#define CROW_ROUTE(app, url) app.route(url)
