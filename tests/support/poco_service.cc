// A service made of POCO, which knows nothing of us: answers 200. With a second port, it asks the
// service there first, and answers 502 if that does not answer 200.
//
//   poco_service PORT [CALLEE_PORT]
#include <Poco/Exception.h>
#include <Poco/Net/HTTPClientSession.h>
#include <Poco/Net/HTTPRequest.h>
#include <Poco/Net/HTTPRequestHandler.h>
#include <Poco/Net/HTTPRequestHandlerFactory.h>
#include <Poco/Net/HTTPResponse.h>
#include <Poco/Net/HTTPServer.h>
#include <Poco/Net/HTTPServerRequest.h>
#include <Poco/Net/HTTPServerResponse.h>
#include <unistd.h>

#include <cstdlib>

namespace {

using Poco::Net::HTTPResponse;

Poco::UInt16 callee = 0;  // 0: there is none

bool CalleeIsWell() {
  Poco::Net::HTTPClientSession session("127.0.0.1", callee);
  session.setTimeout(Poco::Timespan(10, 0));
  try {
    Poco::Net::HTTPRequest request("GET", "/", Poco::Net::HTTPRequest::HTTP_1_1);
    session.sendRequest(request);
    HTTPResponse response;
    session.receiveResponse(response);
    return response.getStatus() == HTTPResponse::HTTP_OK;
  } catch (const Poco::Exception&) {
    return false;
  }
}

class Handler : public Poco::Net::HTTPRequestHandler {
  void handleRequest(Poco::Net::HTTPServerRequest& request,
                     Poco::Net::HTTPServerResponse& response) override {
    const bool is_check = request.getURI() == "/health-check";
    const bool is_well = is_check || callee == 0 || CalleeIsWell();
    response.setStatusAndReason(is_well ? HTTPResponse::HTTP_OK : HTTPResponse::HTTP_BAD_GATEWAY);
    response.setContentLength(0);
    response.send();
  }
};

struct Factory : Poco::Net::HTTPRequestHandlerFactory {
  Poco::Net::HTTPRequestHandler* createRequestHandler(
      const Poco::Net::HTTPServerRequest&) override {
    return new Handler;
  }
};

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) return 2;
  if (argc > 2) callee = static_cast<Poco::UInt16>(std::atoi(argv[2]));
  const Poco::Net::SocketAddress address("127.0.0.1",
                                         static_cast<Poco::UInt16>(std::atoi(argv[1])));
  Poco::Net::HTTPServer server(new Factory, Poco::Net::ServerSocket(address),
                               new Poco::Net::HTTPServerParams);
  server.start();
  for (;;) ::pause();
}
