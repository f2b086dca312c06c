// A variable that is the condition of a loop goes at the end of each round.
#include <httplib.h>

class Attempt {
 public:
  Attempt(httplib::Response& response, int left) : response_(response), left_(left) {}
  ~Attempt() { response_.status = 510 + left_; }
  explicit operator bool() const { return left_ > 0; }

 private:
  httplib::Response& response_;
  int left_;
};

int main() {
  httplib::Server server;
  server.Get("/to_the_end", [](const httplib::Request&, httplib::Response& response) {
    httplib::Client client("localhost", 9000);
    int left = 1;
    if (client.Get("/to_the_end")) return;
    while (Attempt attempt{response, left--}) {
      response.status = 500;
    }
  });
  server.Get("/left", [](const httplib::Request&, httplib::Response& response) {
    httplib::Client client("localhost", 9000);
    int left = 3;
    if (client.Get("/left")) return;
    while (Attempt attempt{response, left--}) {
      if (response.status == 513) break;
    }
  });
  server.Get("/next", [](const httplib::Request&, httplib::Response& response) {
    httplib::Client client("localhost", 9000);
    int left = 2;
    if (client.Get("/next")) return;
    while (Attempt attempt{response, left--}) {
      if (left == 1) continue;
      response.status = 500;
      return;
    }
  });
  server.Get("/in_an_if", [](const httplib::Request&, httplib::Response& response) {
    httplib::Client client("localhost", 9000);
    const int left = 1;
    if (client.Get("/in_an_if")) return;
    if (Attempt attempt{response, left}) {
      response.status = 500;
    }
    if (response.status == 511) response.status = 502;
  });
  server.listen("0.0.0.0", 8000);
}
