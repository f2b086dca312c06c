// The first clause that fits takes an exception: the base class before the derived one.
#include <httplib.h>

#include <stdexcept>

struct TransportError : std::runtime_error {
  using std::runtime_error::runtime_error;
};
struct SlowError : TransportError {
  using TransportError::TransportError;
};

std::string Fetch() {
  httplib::Client client("localhost", 9000);
  client.set_read_timeout(1);
  auto result = client.Get("/data");
  if (result.error() == httplib::Error::Read) throw SlowError("slow");
  if (!result) throw TransportError("down");
  if (result->status != 200) throw std::runtime_error("bad status");
  return result->body;
}

int main() {
  httplib::Server server;
  server.Get("/", [](const httplib::Request&, httplib::Response& response) {
    try {
      response.set_content(Fetch(), "text/plain");
    } catch (const TransportError&) {
      response.status = 503;
    } catch (const SlowError&) {
      response.status = 504;
    } catch (const std::exception&) {
      response.status = 502;
    }
  });
  server.listen("0.0.0.0", 8000);
}
