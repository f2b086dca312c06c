// Where a call goes: from the environment, from parts, from a function, and not known.
#include <httplib.h>

#include <cstdlib>
#include <string>

constexpr int kPort = 9000;

std::string EnvOr(const char* name, const std::string& fallback) {
  const char* value = std::getenv(name);
  return value ? value : fallback;
}

std::string Url(const std::string& host, int port) {
  return "http://" + host + ":" + std::to_string(port);
}

const std::string kBack = EnvOr("BACK_URL", "http://localhost:9000");

void Ask(const std::string& url, const std::string& path) {
  httplib::Client client(url);
  client.Get(path);
}

int main(int argc, char** argv) {
  httplib::Server server;
  server.Get("/", [&](const httplib::Request& request, httplib::Response&) {
    httplib::Client(kBack).Get("/environment");
    httplib::Client(Url("127.0.0.1", kPort)).Get("/parts");
    httplib::Client("back", 80).Get("/name");
    httplib::Client("http://back.default.svc.cluster.local").Get("/cluster");
    Ask("http://localhost:9000", "/users/" + request.get_param_value("id") + "/name");
    httplib::Client(argv[1]).Get("/argument");
    httplib::Client("localhost", 1234).Get("/nobody");
    httplib::Client(std::getenv("OTHER_URL")).Get("/variable");
    const bool primary = request.has_param("primary");
    httplib::Client(primary ? "http://back" : "http://front").Get("/choice");
  });
  server.listen("0.0.0.0", 8000);
}
