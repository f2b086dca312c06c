// Exceptions that carry another: by a class that derives from std::nested_exception, found by a
// clause or a cast; a copy as a base carries none.
#include <httplib.h>

#include <exception>
#include <stdexcept>

struct Down : std::runtime_error {
  using std::runtime_error::runtime_error;
};

struct Failed : std::runtime_error, std::nested_exception {
  Failed() : std::runtime_error("failed") {}
};

httplib::Client client("localhost", 9000);

int main() {
  httplib::Server server;
  server.Get("/class", [](const httplib::Request&, httplib::Response& response) {
    try {
      try {
        if (!client.Get("/class")) throw Down("x");
      } catch (...) {
        throw Failed();
      }
    } catch (const Failed& failed) {
      try {
        std::rethrow_if_nested(failed);
      } catch (const Down&) {
        response.status = 503;
      }
    }
  });
  server.Get("/clause", [](const httplib::Request&, httplib::Response& response) {
    try {
      try {
        if (!client.Get("/clause")) throw Down("x");
      } catch (...) {
        std::throw_with_nested(std::runtime_error("outer"));
      }
    } catch (const std::nested_exception&) {
      response.status = 503;
    } catch (const std::exception&) {
      response.status = 500;
    }
  });
  server.Get("/cast", [](const httplib::Request&, httplib::Response& response) {
    try {
      try {
        if (!client.Get("/cast")) throw Down("x");
      } catch (...) {
        std::throw_with_nested(std::runtime_error("outer"));
      }
    } catch (const std::exception& failed) {
      if (auto* nested = dynamic_cast<const std::nested_exception*>(&failed)) {
        try {
          nested->rethrow_nested();
        } catch (const Down&) {
          response.status = 503;
        }
      }
    }
  });
  server.Get("/none_taken", [](const httplib::Request&, httplib::Response& response) {
    try {
      if (!client.Get("/none_taken")) std::throw_with_nested(std::runtime_error("outer"));
    } catch (const std::exception& failed) {
      std::rethrow_if_nested(failed);
    }
  });
  server.listen("0.0.0.0", 8000);
}
