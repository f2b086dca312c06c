// A clause that takes the one exception and not the other; a status that nobody looks at.
#include <Poco/Net/Net.h>

using namespace Poco::Net;

class DataHandler : public HTTPRequestHandler {
 public:
  void handleRequest(HTTPServerRequest&, HTTPServerResponse& response) override {
    HTTPClientSession session("localhost", 9000);
    session.setTimeout(Poco::Timespan(0, 0, 0, 2, 0));
    HTTPRequest request(HTTPRequest::HTTP_GET, "/data");
    HTTPResponse answer;
    try {
      session.sendRequest(request);
    } catch (const ConnectionRefusedException&) {
      response.setStatus(HTTPResponse::HTTP_NOT_FOUND);
      return;
    }
    session.receiveResponse(answer);
  }
};

class Factory : public HTTPRequestHandlerFactory {
 public:
  HTTPRequestHandler* createRequestHandler(const HTTPServerRequest&) override {
    return new DataHandler;
  }
};

int main() {
  HTTPServer server(new Factory, ServerSocket(8000), new HTTPServerParams);
  server.start();
}
