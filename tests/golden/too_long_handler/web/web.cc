// A handler that is too long to follow may write what others read, and throw what the server maps:
// neither is taken for all that happens, and what is written there counts as answered.
#include <httplib.h>

#include <exception>
#include <stdexcept>

struct NotFound : std::runtime_error {
  NotFound() : std::runtime_error("not found") {}
};
struct Conflict : std::runtime_error {
  Conflict() : std::runtime_error("conflict") {}
};

int main(int argc, char**) {
  bool is_degraded = false;
  httplib::Server server;
  server.Get("/long", [&](const httplib::Request&, httplib::Response&) {
    int work = argc;
    for (int a = 0; a < 15; ++a)
      for (int b = 0; b < 15; ++b)
        for (int c = 0; c < 15; ++c)
          for (int d = 0; d < 15; ++d)
            for (int e = 0; e < 15; ++e)
              for (int f = 0; f < 15; ++f) work = work + a * b - c;
    is_degraded = work > 0;
    if (work == 5) throw Conflict();
  });
  server.Get("/degraded", [&](const httplib::Request&, httplib::Response& response) {
    httplib::Client client("localhost", 9000);
    const auto result = client.Get("/degraded");
    if (!result && !is_degraded) response.status = 503;
  });
  server.Get("/missing", [](const httplib::Request&, httplib::Response&) { throw NotFound(); });
  server.set_exception_handler(
      [](const httplib::Request&, httplib::Response& response, std::exception_ptr thrown) {
        int status = 500;
        try {
          std::rethrow_exception(thrown);
        } catch (const NotFound&) {
          status = 404;
        } catch (const Conflict&) {
          status = 409;
        }
        httplib::Client audit("localhost", 9001);
        const auto result = audit.Get("/log");
        if (!result) response.status = status;
      });
  server.listen("0.0.0.0", 8000);
}
