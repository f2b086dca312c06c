// httplib's paths, errors and statuses <=> what an Injection speaks. Part of filibuster/httplib.h.
#pragma once

#include <httplib.h>

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include "filibuster/injector.h"

namespace filibuster_httplib {

// A path and the place in the source where it was given: the call site. It takes part in overload
// resolution where httplib has `const std::string&`.
class PathAt {
 public:
  PathAt(const std::string& path, const char* file = __builtin_FILE(), int line = __builtin_LINE(),
         const char* function = __builtin_FUNCTION())
      : path_(path), file_(file), line_(line), function_(function) {}

  template <typename Path,
            typename = std::enable_if_t<std::is_convertible_v<const Path&, std::string>>>
  PathAt(const Path& path, const char* file = __builtin_FILE(), int line = __builtin_LINE(),
         const char* function = __builtin_FUNCTION())
      : converted_(path), path_(*converted_), file_(file), line_(line), function_(function) {}

  PathAt(const PathAt&) = delete;
  PathAt& operator=(const PathAt&) = delete;

  const std::string& path() const { return path_; }
  const char* file() const { return file_; }
  int line() const { return line_; }
  const char* function() const { return function_; }

 private:
  const std::optional<std::string> converted_;
  const std::string& path_;
  const char* const file_;
  const int line_;
  const char* const function_;
};

// Where a client's requests go, as far as a call is told apart by it.
struct Destination {
  std::string port;
  bool ssl = false;

  Destination(int port_number, bool is_ssl) : port(std::to_string(port_number)), ssl(is_ssl) {}

  // [SCHEME://]HOST[:PORT]
  explicit Destination(const std::string& url) : ssl(url.compare(0, 8, "https://") == 0) {
    const size_t scheme = url.find("://");
    const size_t host = scheme == url.npos ? 0 : scheme + 3;
    const size_t after_ipv6 = url.compare(host, 1, "[") == 0 ? url.find(']', host) : host;
    const size_t colon = url.find(':', after_ipv6);
    port = colon != url.npos ? url.substr(colon + 1) : ssl ? "443" : "80";
  }
};

struct ErrorName {
  ::httplib::Error error;
  std::string_view name;
};

// A table, because the values differ between versions of httplib.
#define FILIBUSTER_ERROR(enumerator) \
  ErrorName { ::httplib::Error::enumerator, "httplib::Error::" #enumerator }
inline constexpr ErrorName kErrorNames[] = {
    FILIBUSTER_ERROR(Unknown),
    FILIBUSTER_ERROR(Connection),
    FILIBUSTER_ERROR(BindIPAddress),
    FILIBUSTER_ERROR(Read),
    FILIBUSTER_ERROR(Write),
    FILIBUSTER_ERROR(ExceedRedirectCount),
    FILIBUSTER_ERROR(Canceled),
    FILIBUSTER_ERROR(SSLConnection),
    FILIBUSTER_ERROR(SSLLoadingCerts),
    FILIBUSTER_ERROR(SSLServerVerification),
    FILIBUSTER_ERROR(UnsupportedMultipartBoundaryChars),
    FILIBUSTER_ERROR(Compression),
    FILIBUSTER_ERROR(ConnectionTimeout),
};
#undef FILIBUSTER_ERROR

inline std::string_view NameOf(::httplib::Error error) {
  for (const ErrorName& entry : kErrorNames) {
    if (entry.error == error) return entry.name;
  }
  return "httplib::Error::Unknown";
}

inline const char* ReasonOf(int status) {
  switch (status) {
    case 400:
      return "Bad Request";
    case 401:
      return "Unauthorized";
    case 403:
      return "Forbidden";
    case 404:
      return "Not Found";
    case 408:
      return "Request Timeout";
    case 409:
      return "Conflict";
    case 429:
      return "Too Many Requests";
    case 502:
      return "Bad Gateway";
    case 503:
      return "Service Unavailable";
    case 504:
      return "Gateway Timeout";
    default:
      return "Internal Server Error";  // httplib's servers say so of all they do not know
  }
}

// What httplib would return if the call failed in this way; nullopt if httplib knows no such way.
inline std::optional<::httplib::Result> ResultOf(const filibuster::InjectedFault& fault) {
  if (fault.status != 0) {
    auto response = std::make_unique<::httplib::Response>();
    response->version = "HTTP/1.1";
    response->status = fault.status;
    response->reason = ReasonOf(fault.status);
    response->set_header("Content-Length", "0");
    return ::httplib::Result(std::move(response), ::httplib::Error::Success);
  }
  for (const ErrorName& entry : kErrorNames) {
    if (entry.name == fault.exception) return ::httplib::Result(nullptr, entry.error);
  }
  return std::nullopt;
}

}  // namespace filibuster_httplib
