// A promise goes on in one of two functions; the writer that one of them has answers.
#include <pistache/pistache.h>

using namespace Pistache;

class Web : public Http::Handler {
 public:
  void onRequest(const Http::Request&, Http::ResponseWriter response) override {
    auto promise = client_.get("http://localhost:9000/data").timeout(std::chrono::seconds(2)).send();
    promise.then(
        [&](Http::Response answer) {
          response.send(answer.code() == Http::Code::Ok ? Http::Code::Ok : Http::Code::Bad_Gateway);
        },
        [&](std::exception_ptr) { response.send(Http::Code::Service_Unavailable); });
  }

 private:
  Http::Experimental::Client client_;
};

int main() {
  Web web;
  Http::Endpoint server(Address("0.0.0.0", Port(8000)));
  server.setHandler(&web);
  server.serve();
}
