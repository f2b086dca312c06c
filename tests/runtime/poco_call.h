// A call by a session of POCO's => all that its caller can see of it.
#pragma once

#include <Poco/Exception.h>
#include <Poco/Net/HTTPClientSession.h>
#include <Poco/Net/HTTPRequest.h>
#include <Poco/Net/HTTPResponse.h>

#include <iterator>
#include <string>

namespace filibuster {

inline std::string Call(Poco::Net::HTTPClientSession& session, const std::string& method = "GET") {
  using Poco::Net::HTTPRequest;
  HTTPRequest request(method, "/bar", HTTPRequest::HTTP_1_1);
  Poco::Net::HTTPResponse response;
  std::string seen = "sending: ";
  try {
    if (method == "POST") request.setContentLength(5);
    session.sendRequest(request) << (method == "POST" ? "hello" : "");
    seen = "receiving: ";
    std::istream& body = session.receiveResponse(response);
    seen = std::to_string(response.getStatus()) + " " + response.getReason();
    for (const auto& [name, value] : response) seen += "\n" + name + ": " + value;
    return seen + "\n" + std::string(std::istreambuf_iterator<char>(body), {});
  } catch (const Poco::Exception& exception) {
    return seen + exception.className() + ": " + exception.displayText();
  }
}

}  // namespace filibuster
