// A plugin that brings POCO into a process that has none.
#include <Poco/Net/HTTPClientSession.h>
#include <Poco/Net/HTTPRequest.h>
#include <Poco/Net/NetException.h>

// Whether the connection was refused. Nobody listens at the address.
extern "C" int CallByPlugin() {
  Poco::Net::HTTPClientSession session("127.0.0.1", 1);
  Poco::Net::HTTPRequest request("GET", "/");
  try {
    session.sendRequest(request);
  } catch (const Poco::Net::ConnectionRefusedException&) {
    return 1;
  }
  return 0;
}
