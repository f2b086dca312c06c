// A client of Beast that goes on in functions that it hands to each step.
#include <boost/beast.hpp>
#include <cstdlib>
#include <memory>

namespace beast = boost::beast;
namespace http = beast::http;

class Session : public std::enable_shared_from_this<Session> {
 public:
  explicit Session(beast::net::io_context& context) : resolver_(context), stream_(context) {}

  void Run() {
    stream_.async_connect(resolver_.resolve("localhost", "9000"),
                          [self = shared_from_this()](beast::error_code code) {
                            if (code) std::exit(1);
                            self->Write();
                          });
  }

 private:
  void Write() {
    request_.target("/data");
    http::async_write(stream_, request_,
                      [self = shared_from_this()](beast::error_code code, std::size_t) {
                        if (code) throw beast::system_error(code);
                        self->Read();
                      });
  }
  void Read() {
    http::async_read(stream_, buffer_, response_,
                     [self = shared_from_this()](beast::error_code, std::size_t) {
                       if (self->response_.result_int() >= 500) std::exit(2);
                     });
  }

  beast::net::ip::tcp::resolver resolver_;
  beast::tcp_stream stream_;
  beast::flat_buffer buffer_;
  http::request<http::string_body> request_;
  http::response<http::string_body> response_;
};

int main() {
  beast::net::io_context context;
  std::make_shared<Session>(context)->Run();
}
