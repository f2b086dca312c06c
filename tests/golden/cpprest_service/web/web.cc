// Answers in a continuation of its call.
#include <cpprest/http_client.h>

using web::http::http_request;
using web::http::http_response;
using web::http::methods;
using web::http::status_codes;

int main() {
  web::http::experimental::listener::http_listener listener("http://0.0.0.0:8000");
  listener.support(methods::GET, [](http_request request) {
    web::http::client::http_client client("http://127.0.0.1:9000/items");
    client.request(methods::GET).then([request](http_response answer) {
      if (answer.status_code() >= 500) {
        request.reply(status_codes::BadGateway);
      } else {
        request.reply(answer.status_code());
      }
    }).wait();
  });
  listener.open().wait();
}
