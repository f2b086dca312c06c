// httplib's clients with every request asked about first. Part of filibuster/httplib.h.
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "filibuster/detail/httplib_call.h"
#include "filibuster/detail/httplib_call_site.h"
#include "filibuster/detail/httplib_requests.inc"

namespace filibuster_httplib {

template <typename Base>
class InstrumentedClient : public Base {
  using Headers = ::httplib::Headers;
  using Params = ::httplib::Params;
  using FormItems = ::httplib::MultipartFormDataItems;

 public:
  FILIBUSTER_REQUEST(Get)
  FILIBUSTER_REQUEST(Head)
  FILIBUSTER_REQUEST_WITH_FORM(Post)
  FILIBUSTER_REQUEST_WITH_FORM(Put)
  FILIBUSTER_REQUEST(Patch)
  FILIBUSTER_REQUEST(Delete)
  FILIBUSTER_REQUEST(Options)

  template <typename... Args>
  ResultOfGet<const Params&, const Headers&, Args...> Get(const PathAt& path, const Params& params,
                                                          const Headers& headers, Args&&... args) {
    return IssueGet(path, params, headers, std::forward<Args>(args)...);
  }

  ::httplib::Result send(const ::httplib::Request& request, const char* file = __builtin_FILE(),
                         int line = __builtin_LINE(), const char* function = __builtin_FUNCTION()) {
    if (!filibuster::InjectionEnabled()) return Base::send(request);
    const std::string method = MethodOf(request);
    const PathAt path(request.path, file, line, function);
    const auto run = [&](auto& client, filibuster::Injection& call) {
      ::httplib::Request with_headers = request;
      with_headers.headers = Merge(request.headers, call);
      return client.send(with_headers);
    };
    Base& base = *this;
    return Run(base, CallTo(method.c_str(), path), run);
  }

  bool send(::httplib::Request& request, ::httplib::Response& response, ::httplib::Error& error,
            const char* file = __builtin_FILE(), int line = __builtin_LINE(),
            const char* function = __builtin_FUNCTION()) {
    if (!filibuster::InjectionEnabled()) return Base::send(request, response, error);
    const std::string method = MethodOf(request);
    const PathAt path(request.path, file, line, function);
    const auto run = [&](auto& client, filibuster::Injection& call) {
      request.headers = Merge(std::move(request.headers), call);
      auto answer = std::make_unique<::httplib::Response>();
      auto outcome = ::httplib::Error::Success;
      if (!client.send(request, *answer, outcome)) answer.reset();
      return ::httplib::Result(std::move(answer), outcome);
    };
    Base& base = *this;
    auto result = Run(base, CallTo(method.c_str(), path), run);
    error = result.error();
    if (result) response = std::move(*result);
    return static_cast<bool>(result);
  }

  void set_connection_timeout(time_t seconds, time_t microseconds = 0) {
    Base::set_connection_timeout(seconds, microseconds);
    connection_timeout_ = Seconds(seconds, microseconds);
  }
  void set_read_timeout(time_t seconds, time_t microseconds = 0) {
    Base::set_read_timeout(seconds, microseconds);
    read_timeout_ = Seconds(seconds, microseconds);
  }
  template <typename Rep, typename Period>
  void set_connection_timeout(const std::chrono::duration<Rep, Period>& timeout) {
    Base::set_connection_timeout(timeout);
    connection_timeout_ = std::chrono::duration<double>(timeout).count();
  }
  template <typename Rep, typename Period>
  void set_read_timeout(const std::chrono::duration<Rep, Period>& timeout) {
    Base::set_read_timeout(timeout);
    read_timeout_ = std::chrono::duration<double>(timeout).count();
  }

 protected:
  template <typename... Args>
  explicit InstrumentedClient(Destination destination, Args&&... args)
      : Base(std::forward<Args>(args)...), destination_(std::move(destination)) {
    // Our headers are more bytes: they shall not wait for an acknowledgement.
    if (filibuster::InjectionEnabled()) Base::set_tcp_nodelay(true);
  }

 private:
  filibuster::OutgoingCall CallTo(const char* method, const PathAt& path) const {
    filibuster::OutgoingCall call;
    call.module = "httplib";
    call.method = method;
    call.target = destination_.port + path.path();
    call.file = path.file();
    call.line = path.line();
    call.function = path.function();
    call.timeout = read_timeout_ ? read_timeout_ : connection_timeout_;
    call.ssl = destination_.ssl;
    return call;
  }

  Destination destination_;
  std::optional<double> connection_timeout_;
  std::optional<double> read_timeout_;
};

#undef FILIBUSTER_REQUEST_WITH_FORM
#undef FILIBUSTER_REQUEST

class Client : public InstrumentedClient<::httplib::Client> {
 public:
  explicit Client(const std::string& scheme_host_port)
      : InstrumentedClient(Destination(scheme_host_port), scheme_host_port) {}
  explicit Client(const std::string& scheme_host_port, const std::string& client_cert_path,
                  const std::string& client_key_path)
      : InstrumentedClient(Destination(scheme_host_port), scheme_host_port, client_cert_path,
                           client_key_path) {}
  explicit Client(const std::string& host, int port)
      : InstrumentedClient(Destination(port, false), host, port) {}
  explicit Client(const std::string& host, int port, const std::string& client_cert_path,
                  const std::string& client_key_path)
      : InstrumentedClient(Destination(port, false), host, port, client_cert_path,
                           client_key_path) {}
};

#ifdef CPPHTTPLIB_OPENSSL_SUPPORT
class SSLClient : public InstrumentedClient<::httplib::SSLClient> {
 public:
  explicit SSLClient(const std::string& host) : SSLClient(host, 443) {}
  explicit SSLClient(const std::string& host, int port)
      : InstrumentedClient(Destination(port, true), host, port) {}
  explicit SSLClient(const std::string& host, int port, const std::string& client_cert_path,
                     const std::string& client_key_path)
      : InstrumentedClient(Destination(port, true), host, port, client_cert_path, client_key_path) {
  }
  explicit SSLClient(const std::string& host, int port, X509* client_cert, EVP_PKEY* client_key)
      : InstrumentedClient(Destination(port, true), host, port, client_cert, client_key) {}
};
#endif

}  // namespace filibuster_httplib
