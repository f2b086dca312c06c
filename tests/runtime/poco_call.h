// A call by a session of POCO's => all that its caller can see of it; and what it can fail with.
#pragma once

#include <Poco/Exception.h>
#include <Poco/Net/HTTPClientSession.h>
#include <Poco/Net/HTTPRequest.h>
#include <Poco/Net/HTTPResponse.h>

#include <iterator>
#include <string>

namespace filibuster {

// What a session can fail with, as a fault says it; and the answer that is a status for real.
inline constexpr char kRefused[] =
    R"({"forced_exception": {"name": "Poco::Net::ConnectionRefusedException", "metadata": {}}})";
inline constexpr char kTimeout[] =
    R"({"forced_exception": {"name": "Poco::TimeoutException", "metadata": {}}})";
inline constexpr char kNoMessage[] =
    R"({"forced_exception": {"name": "Poco::Net::NoMessageException", "metadata": {}}})";
inline constexpr char kStatus[] =
    R"({"failure_metadata": {"return_value": {"status_code": "503"}}})";
inline constexpr char kUnavailable[] =
    "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n";

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
