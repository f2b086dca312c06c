// A call by the C++ REST SDK => all that its caller can see of it; and what it can fail with.
#pragma once

#include <cpprest/http_client.h>

#include <chrono>
#include <string>
#include <system_error>

namespace filibuster {

inline web::uri UriOf(int port, const std::string& scheme = "http") {
  return web::uri(scheme + "://127.0.0.1:" + std::to_string(port));
}

// An answer is waited for, however busy the machine; silence is not waited for as long.
inline constexpr std::chrono::milliseconds kPatient = std::chrono::seconds(60);
inline constexpr std::chrono::milliseconds kBriefly{300};

inline web::http::client::http_client_config Config(std::chrono::milliseconds timeout = kPatient) {
  web::http::client::http_client_config config;
  config.set_timeout(timeout);
  config.set_validate_certificates(false);
  return config;
}

inline std::string Call(web::http::client::http_client& client, const std::string& method = "GET") {
  web::http::http_request request(method);
  request.set_request_uri("/bar?x=1");
  if (method == "POST") request.set_body("hello");
  std::string seen;
  try {
    const web::http::http_response response = client.request(request).get();
    seen = std::to_string(response.status_code()) + " " + response.reason_phrase();
    for (const auto& [name, value] : response.headers()) seen += "\n" + name + ": " + value;
    seen += "\n" + response.extract_string(/*ignore_content_type=*/true).get();
  } catch (const web::http::http_exception& exception) {
    const std::error_code& code = exception.error_code();
    seen += std::string(exception.what()) + ": " + code.category().name() + " " +
            std::to_string(code.value());
  } catch (const std::exception& exception) {
    seen += exception.what();
  }
  return seen + "\n" + request.absolute_uri().to_string();
}

inline std::string Forced(const std::string& cause, const std::string& metadata = "{}") {
  return "{\"forced_exception\": {\"name\": \"web::http::http_exception(" + cause +
         ")\", \"metadata\": " + metadata + "}}";
}
inline constexpr char kStatus[] =
    R"({"failure_metadata": {"return_value": {"status_code": "503"}}})";
inline constexpr char kUnavailable[] =
    "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n";

}  // namespace filibuster
