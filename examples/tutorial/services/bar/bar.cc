// GET /bar/baz asks baz and answers "bar baz".
#include <filibuster/httplib.h>

#include "common/config.h"
#include "common/http_client.h"
#include "common/http_server.h"

FILIBUSTER_SERVICE("bar");

namespace {

const std::string kBaz = tutorial::EnvOr("BAZ_URL", "http://127.0.0.1:5002");

std::string AskBaz() {
  try {
    const tutorial::Response baz = tutorial::Get(kBaz, "/baz");
    if (baz.status != 200) {
      throw tutorial::ServiceUnavailable("baz answered " + std::to_string(baz.status));
    }
    return baz.body;
  } catch (const tutorial::ConnectionError& error) {
    throw tutorial::ServiceUnavailable(error.what());
  } catch (const tutorial::Timeout& error) {
    throw tutorial::ServiceUnavailable(error.what());
  }
}

}  // namespace

int main() {
  httplib::Server server;
  server.Get("/bar/baz", [](const httplib::Request&, httplib::Response& response) {
    response.set_content("bar " + AskBaz(), "text/plain");
  });
  return tutorial::Serve(server, "bar", tutorial::EnvOr("BAR_PORT", 5001));
}
