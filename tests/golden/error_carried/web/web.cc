// The failure is kept in an object and looked at later.
#include <httplib.h>

class Request {
 public:
  void Send() {
    httplib::Client client("localhost", 9000);
    const auto result = client.Get("/data");
    if (!result) {
      failed_ = true;
      status_ = 504;
    } else if (result->status == 503) {
      failed_ = true;
      status_ = 503;
    }
  }
  bool failed() const { return failed_; }
  int status() const { return status_; }

 private:
  bool failed_ = false;
  int status_ = 0;
};

int main() {
  httplib::Server server;
  server.Get("/", [](const httplib::Request&, httplib::Response& response) {
    Request request;
    request.Send();
    if (request.failed()) {
      response.status = request.status();
    }
  });
  server.listen("0.0.0.0", 8000);
}
