// What a service includes, compiled as the oldest standard that we promise, by g++ and clang++.
// It only has to compile; with FILIBUSTER_ANALYSIS too, as the analyzer sees a service.
#ifndef FILIBUSTER_ANALYSIS
#include <filibuster/assertions.h>
#include <filibuster/context.h>
#include <filibuster/injector.h>
#endif
#include <filibuster/httplib.h>

FILIBUSTER_SERVICE("foo");

// Names of httplib that services mention.
namespace {

struct Backend {
  explicit Backend(const std::string& url) : client(url) {}

  std::string Get(const std::string& path) {
    const httplib::Headers headers = {{"Accept", "text/plain"}};
    const httplib::Result result = client.Get(path, headers);
    if (result.error() == httplib::Error::ConnectionTimeout) return "timeout";
    return result ? result->body : httplib::to_string(result.error());
  }

  httplib::Client client;
};

}  // namespace

int main() {
  filibuster::SetServiceName("bar");
  Backend backend("http://127.0.0.1:5001");
  httplib::Server server;
  server.new_task_queue = [] { return new httplib::ThreadPool(1); };
  server.Get("/foo", [&](const httplib::Request&, httplib::Response& response) {
    response.set_content(backend.Get("/bar"), "text/plain");
  });
  ::httplib::SSLClient qualified("127.0.0.1");
  return qualified.Options("/").error() == ::httplib::Error::Success ? 0 : 1;
}
