// An exception that another is nested in, one that was stored, and what may throw one or call a
// function without a trace in the code that is read.
#include <httplib.h>

#include <algorithm>
#include <exception>
#include <stdexcept>
#include <variant>
#include <vector>

struct Good {};
struct Bad {
  int code;
};
struct Visitor {
  httplib::Response& response;
  void operator()(const Good&) const {}
  void operator()(const Bad& bad) const { response.status = bad.code; }
};

struct Setter {
  httplib::Response& response;
  void operator()(int code) const { response.status = code; }
};

httplib::Client client("localhost", 9000);

void Fetch() {
  if (!client.Get("/nested")) throw std::runtime_error("down");
}

int main() {
  httplib::Server server;
  server.Get("/nested", [](const httplib::Request&, httplib::Response& response) {
    try {
      try {
        Fetch();
      } catch (...) {
        std::throw_with_nested(std::logic_error("no data"));
      }
    } catch (const std::exception& error) {
      try {
        std::rethrow_if_nested(error);
      } catch (const std::runtime_error&) {
        response.status = 504;
      }
    }
  });
  server.Get("/stored", [](const httplib::Request&, httplib::Response& response) {
    std::exception_ptr stored;
    try {
      if (!client.Get("/stored")) throw std::runtime_error("down");
    } catch (...) {
      stored = std::current_exception();
    }
    if (stored) response.status = 503;
  });
  server.Get("/visited", [](const httplib::Request&, httplib::Response& response) {
    std::variant<Good, Bad> result;
    if (!client.Get("/visited")) result = Bad{504};
    std::visit(Visitor{response}, result);
  });
  server.Get("/visited_before", [](const httplib::Request&, httplib::Response& response) {
    std::variant<Good, Bad> mode;
    bool is_strict = false;
    std::visit([&is_strict](const auto&) { is_strict = true; }, mode);
    if (!client.Get("/visited_before") && is_strict) response.status = 503;
  });
  server.Get("/object", [](const httplib::Request&, httplib::Response& response) {
    const std::vector<int> codes = {503};
    if (!client.Get("/object")) std::for_each(codes.begin(), codes.end(), Setter{response});
  });
  server.listen("0.0.0.0", 8000);
}
