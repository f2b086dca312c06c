// A plugin that brings POCO into a process that has none.
#include <Poco/Exception.h>
#include <Poco/Net/HTTPClientSession.h>
#include <Poco/Net/HTTPRequest.h>
#include <Poco/Net/HTTPResponse.h>
#include <Poco/Net/NetException.h>

// The status, or 1 if the connection was refused, 2 after a timeout. Nobody listens at the address.
extern "C" int CallByPlugin() {
  Poco::Net::HTTPClientSession session("127.0.0.1", 1);
  Poco::Net::HTTPRequest request("GET", "/");
  Poco::Net::HTTPResponse response;
  try {
    session.sendRequest(request);
    session.receiveResponse(response);
  } catch (const Poco::Net::ConnectionRefusedException&) {
    return 1;
  } catch (const Poco::TimeoutException&) {
    return 2;
  }
  return response.getStatus();
}
