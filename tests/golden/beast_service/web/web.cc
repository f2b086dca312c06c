// A function that makes the answer to a request: with a status that it is made with or given.
#include <boost/beast.hpp>

namespace beast = boost::beast;
namespace http = beast::http;

bool Exists(const http::request<http::string_body>& request);

http::message_generator Handle(http::request<http::string_body>&& request) {
  if (!Exists(request)) {
    http::response<http::string_body> response{http::status::not_found, 11};
    return response;
  }
  http::response<http::string_body> response;
  response.result(request.body().empty() ? http::status::bad_gateway : http::status::ok);
  return response;
}
