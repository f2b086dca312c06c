// Stands in for Boost.Beast, Asio and System in golden tests: the declarations that services use.
#pragma once

#include <chrono>
#include <stdexcept>
#include <string>
#include <string_view>

namespace boost {

namespace system {

class error_code {
 public:
  error_code();
  template <class Enum>
  error_code(Enum value);
  explicit operator bool() const;
  std::string message() const;
};
bool operator==(const error_code& left, const error_code& right);
bool operator!=(const error_code& left, const error_code& right);

class system_error : public std::runtime_error {
 public:
  explicit system_error(error_code code);
  const error_code& code() const;
};

}  // namespace system

namespace asio {

class io_context {};

namespace error {
enum basic_errors { connection_refused = 111, connection_reset = 104, timed_out = 110 };
}  // namespace error

namespace ip {
template <class Protocol>
class basic_resolver_results {};
template <class Protocol>
class basic_resolver {
 public:
  explicit basic_resolver(io_context& context);
  basic_resolver_results<Protocol> resolve(std::string_view host, std::string_view service);
};
class tcp {
 public:
  using resolver = basic_resolver<tcp>;
};
}  // namespace ip

}  // namespace asio

namespace beast {

namespace net = boost::asio;
using error_code = system::error_code;
using system_error = system::system_error;

enum class error { timeout = 1 };

template <class Protocol>
class basic_stream {
 public:
  explicit basic_stream(net::io_context& context);
  void connect(const net::ip::basic_resolver_results<Protocol>& endpoints);
  void connect(const net::ip::basic_resolver_results<Protocol>& endpoints, error_code& code);
  template <class Handler>
  void async_connect(const net::ip::basic_resolver_results<Protocol>& endpoints, Handler&& handler);
  template <class Rep, class Period>
  void expires_after(std::chrono::duration<Rep, Period> duration);
};
using tcp_stream = basic_stream<net::ip::tcp>;
class flat_buffer {};

namespace http {

enum class verb { get, post };
enum class status : unsigned { ok = 200, not_found = 404, bad_gateway = 502 };
enum class error { end_of_stream = 1 };
struct string_body {};

template <bool is_request>
class header {
 public:
  http::status result() const;
  void result(http::status value);
  unsigned result_int() const;
  void target(std::string_view target);
};

template <bool is_request, class Body>
class message : public header<is_request> {
 public:
  message();
  message(http::verb method, std::string_view target, unsigned version);
  message(http::status result, unsigned version);
  std::string& body();
};
template <class Body>
using request = message<true, Body>;
template <class Body>
using response = message<false, Body>;

class message_generator {
 public:
  template <bool is_request, class Body>
  message_generator(message<is_request, Body>&& message);
};

template <class Stream, bool is_request, class Body>
std::size_t write(Stream& stream, const message<is_request, Body>& message);
template <class Stream, bool is_request, class Body>
std::size_t write(Stream& stream, const message<is_request, Body>& message, error_code& code);
template <class Stream, class Buffer, bool is_request, class Body>
std::size_t read(Stream& stream, Buffer& buffer, message<is_request, Body>& message);
template <class Stream, class Buffer, bool is_request, class Body>
std::size_t read(Stream& stream, Buffer& buffer, message<is_request, Body>& message,
                 error_code& code);

template <class Stream, bool is_request, class Body, class Handler>
void async_write(Stream& stream, const message<is_request, Body>& message, Handler&& handler);
template <class Stream, class Buffer, bool is_request, class Body, class Handler>
void async_read(Stream& stream, Buffer& buffer, message<is_request, Body>& message,
                Handler&& handler);

}  // namespace http
}  // namespace beast
}  // namespace boost
