// A destructor that asks whether it runs because of an exception.
#include <httplib.h>

#include <exception>
#include <stdexcept>

class Guard {
 public:
  explicit Guard(httplib::Response& response) : response_(response) {}
  ~Guard() { response_.status = std::uncaught_exceptions() > before_ ? 503 : 504; }

 private:
  httplib::Response& response_;
  int before_ = std::uncaught_exceptions();
};

class Around {
 public:
  explicit Around(httplib::Response& response) : response_(response) {}
  ~Around() { Guard guard(response_); }

 private:
  httplib::Response& response_;
};

void Fail(const Guard&) { throw std::runtime_error("no data"); }

int main() {
  httplib::Server server;
  server.Get("/block", [](const httplib::Request&, httplib::Response& response) {
    httplib::Client client("localhost", 9000);
    try {
      Guard guard(response);
      if (!client.Get("/data")) throw std::runtime_error("no data");
    } catch (const std::exception&) {
    }
  });
  server.Get("/clause", [](const httplib::Request&, httplib::Response& response) {
    httplib::Client client("localhost", 9000);
    try {
      if (!client.Get("/data")) throw std::runtime_error("no data");
    } catch (const std::exception&) {
      Guard guard(response);
    }
  });
  server.Get("/nested", [](const httplib::Request&, httplib::Response& response) {
    httplib::Client client("localhost", 9000);
    try {
      Around around(response);
      if (!client.Get("/data")) throw std::runtime_error("no data");
    } catch (const std::exception&) {
      if (response.status == 504) response.status = 502;
    }
  });
  server.Get("/temporary", [](const httplib::Request&, httplib::Response& response) {
    httplib::Client client("localhost", 9000);
    try {
      if (!client.Get("/data")) Fail(Guard(response));
    } catch (const std::exception&) {
    }
  });
  server.listen("0.0.0.0", 8000);
}
