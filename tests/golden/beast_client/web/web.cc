// Throwing, and with an error code that is compared by name; the status is read of the response.
#include <boost/beast.hpp>
#include <httplib.h>

namespace beast = boost::beast;
namespace http = beast::http;
namespace net = boost::asio;

int Throwing() {
  try {
    net::io_context context;
    net::ip::tcp::resolver resolver(context);
    beast::tcp_stream stream(context);
    stream.expires_after(std::chrono::seconds(5));
    stream.connect(resolver.resolve("localhost", "9000"));
    http::request<http::string_body> request{http::verb::get, "/data", 11};
    http::write(stream, request);
    beast::flat_buffer buffer;
    http::response<http::string_body> response;
    http::read(stream, buffer, response);
    return response.result() == http::status::ok ? 200 : 502;
  } catch (const beast::system_error& e) {
    return e.code() == beast::error::timeout ? 504 : 503;
  }
}

int WithCodes() {
  net::io_context context;
  net::ip::tcp::resolver resolver(context);
  beast::tcp_stream stream(context);
  stream.expires_after(std::chrono::seconds(5));
  beast::error_code code;
  stream.connect(resolver.resolve("localhost", "9001"), code);
  if (code) return 503;
  http::request<http::string_body> request{http::verb::post, "/items", 11};
  http::write(stream, request, code);
  beast::flat_buffer buffer;
  http::response<http::string_body> response;
  http::read(stream, buffer, response, code);
  if (code == beast::error::timeout) return 504;
  if (response.result_int() >= 500) return 502;
  return 200;
}

int main() {
  httplib::Server server;
  server.Get("/throwing", [](const httplib::Request&, httplib::Response& response) {
    response.status = Throwing();
  });
  server.Get("/codes", [](const httplib::Request&, httplib::Response& response) {
    response.status = WithCodes();
  });
  server.listen("0.0.0.0", 8000);
}
