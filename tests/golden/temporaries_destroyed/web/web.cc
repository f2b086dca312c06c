// Objects that an expression makes go at its end, or with the reference that they are bound to.
#include <httplib.h>

#include <cstdlib>
#include <stdexcept>

class Answer {
 public:
  Answer(httplib::Response& response, int status) : response_(response), status_(status) {}
  ~Answer() { response_.status = status_; }

 private:
  httplib::Response& response_;
  int status_;
};

struct Thrower {
  ~Thrower() noexcept(false) { throw std::runtime_error("no data"); }
};

struct Fatal {
  Fatal& operator<<(const char*) { return *this; }
  ~Fatal() { std::abort(); }
};

class Counted {
 public:
  explicit Counted(int& count) : count_(count) { ++count_; }
  ~Counted() { --count_; }
  bool IsAlone() const { return count_ == 1; }

 private:
  int& count_;
};

bool Use(const Answer&) { return true; }
void Take(Answer) {}
Answer Make(httplib::Response& response) { return Answer(response, 505); }

int main() {
  httplib::Server server;
  server.Get("/statement", [](const httplib::Request&, httplib::Response& response) {
    httplib::Client client("localhost", 9000);
    if (!client.Get("/data")) Answer(response, 503);
  });
  server.Get("/argument", [](const httplib::Request&, httplib::Response& response) {
    httplib::Client client("localhost", 9000);
    const auto result = client.Get("/data");
    if (!result && Use(Answer(response, 501)) && response.status == 501) response.status = 502;
  });
  server.Get("/by_value", [](const httplib::Request&, httplib::Response& response) {
    httplib::Client client("localhost", 9000);
    if (client.Get("/data")) return;
    Take(Answer(response, 504)), response.status = 500;
  });
  server.Get("/returned", [](const httplib::Request&, httplib::Response& response) {
    httplib::Client client("localhost", 9000);
    if (!client.Get("/data")) Make(response);
  });
  server.Get("/reference", [](const httplib::Request&, httplib::Response& response) {
    httplib::Client client("localhost", 9000);
    if (client.Get("/data")) return;
    const Answer& kept = Answer(response, 503);
    Use(kept);
    response.status = 500;
  });
  server.Get("/throws", [](const httplib::Request&, httplib::Response& response) {
    httplib::Client client("localhost", 9000);
    try {
      if (!client.Get("/data")) Thrower();
    } catch (const std::exception&) {
      response.status = 502;
    }
  });
  server.Get("/ends", [](const httplib::Request&, httplib::Response&) {
    httplib::Client client("localhost", 9000);
    if (!client.Get("/data")) Fatal() << "no data";
  });
  server.Get("/condition", [](const httplib::Request&, httplib::Response& response) {
    httplib::Client client("localhost", 9000);
    int count = 0;
    const auto result = client.Get("/data");
    if (Counted(count).IsAlone() && !result) response.status = count == 0 ? 503 : 504;
  });
  server.listen("0.0.0.0", 8000);
}
