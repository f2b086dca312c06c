// Something is assigned to a temporary: what that does is for its class to say, be it a log's end,
// which changes nothing of the service, or what stands for the response.
#include <httplib.h>

#include <cstdlib>

struct Message {
  explicit Message(const char* text);
};

// Ends a line of a log.
struct Finisher {
  void operator=(const Message& message);
};

#define LOG_UNLESS(condition) (condition) ? (void)0 : Finisher() = Message(#condition)

// Stands for the status of a response.
class Status {
 public:
  explicit Status(httplib::Response& response) : response_(response) {}
  void operator=(int status) { response_.status = status; }

 private:
  httplib::Response& response_;
};

int main() {
  httplib::Server server;
  server.Get("/cart", [](const httplib::Request&, httplib::Response& response) {
    httplib::Client client("localhost", 9000);
    const auto cart = client.Get("/cart");
    LOG_UNLESS(std::rand() > 1);
    if (!cart) response.status = 503;
  });
  server.Get("/price", [](const httplib::Request&, httplib::Response& response) {
    httplib::Client client("localhost", 9001);
    const auto price = client.Get("/price");
    if (!price) Status{response} = 502;
  });
  server.listen("0.0.0.0", 8000);
}
