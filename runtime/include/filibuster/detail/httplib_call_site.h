// A call as the service's code writes it => what is told of it. Part of filibuster/httplib.h.
#pragma once

#include <httplib.h>

#include <ctime>
#include <optional>
#include <string>
#include <type_traits>

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

inline double Seconds(time_t seconds, time_t microseconds) {
  return static_cast<double>(seconds) + static_cast<double>(microseconds) / 1e6;
}

// "GET" as the function is called: "Get".
inline std::string MethodOf(const ::httplib::Request& request) {
  std::string method = request.method;
  for (size_t i = 1; i < method.size(); ++i) {
    if (method[i] >= 'A' && method[i] <= 'Z') method[i] = static_cast<char>(method[i] + 32);
  }
  return method;
}

}  // namespace filibuster_httplib
