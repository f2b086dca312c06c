// What fails while sending and what fails while receiving are exceptions of one family; the status
// is read of the response. The service is of the same library.
#include <Poco/Net/Net.h>

using namespace Poco::Net;

class DataHandler : public HTTPRequestHandler {
 public:
  void handleRequest(HTTPServerRequest&, HTTPServerResponse& response) override {
    try {
      HTTPClientSession session("localhost", 9000);
      session.setTimeout(Poco::Timespan(3, 500000));
      HTTPRequest request(HTTPRequest::HTTP_GET, "/data");
      session.sendRequest(request);
      HTTPResponse answer;
      session.receiveResponse(answer);
      if (answer.getStatus() != HTTPResponse::HTTP_OK) {
        response.setStatusAndReason(HTTPResponse::HTTP_BAD_GATEWAY);
      }
    } catch (const Poco::TimeoutException&) {
      response.setStatus(HTTPResponse::HTTP_GATEWAY_TIMEOUT);
    } catch (const Poco::Exception&) {
      response.setStatusAndReason(HTTPResponse::HTTP_SERVICE_UNAVAILABLE);
    }
    response.send();
  }
};

class Factory : public HTTPRequestHandlerFactory {
 public:
  HTTPRequestHandler* createRequestHandler(const HTTPServerRequest&) override {
    return new DataHandler;
  }
};

int main() {
  ServerSocket socket(8000);
  HTTPServer server(new Factory, socket, new HTTPServerParams);
  server.start();
}
