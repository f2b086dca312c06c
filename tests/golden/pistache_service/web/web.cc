// Answers by the writer and by an exception that has a code.
#include <pistache/pistache.h>

using namespace Pistache;

class Web : public Http::Handler {
 public:
  void onRequest(const Http::Request& request, Http::ResponseWriter response) override {
    if (request.resource().empty()) throw Http::HttpError(Http::Code::Not_Found, "nothing");
    if (request.resource() == "/down") throw Error("down");
    if (request.resource() == "/busy") {
      response.send(Http::Code::Service_Unavailable, "busy");
      return;
    }
    response.send(Http::Code::Ok, "fine");
  }
};

int main() {
  Web web;
  Http::Endpoint server(Address("0.0.0.0", Port(8000)));
  server.setHandler(&web);
  server.serve();
}
