// GET /foo/bar/baz asks bar and answers "foo bar baz".
#include <filibuster/httplib.h>

#include "common/config.h"
#include "common/http_client.h"
#include "common/http_server.h"

FILIBUSTER_SERVICE("foo");

namespace {

const std::string kBar = tutorial::EnvOr("BAR_URL", "http://127.0.0.1:5001");

std::string AskBar() {
  try {
    const tutorial::Response bar = tutorial::Get(kBar, "/bar/baz");
    if (bar.status != 200) {
      throw tutorial::ServiceUnavailable("bar answered " + std::to_string(bar.status));
    }
    return bar.body;
  } catch (const tutorial::Timeout& error) {
    throw tutorial::ServiceUnavailable(error.what());
  }
}

}  // namespace

int main() {
  httplib::Server server;
  server.Get("/foo/bar/baz", [](const httplib::Request&, httplib::Response& response) {
    response.set_content("foo " + AskBar(), "text/plain");
  });
  return tutorial::Serve(server, "foo", tutorial::EnvOr("FOO_PORT", 5000));
}
