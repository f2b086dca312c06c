// Bases that no clause catches by: private ones, and those that are there twice. Pointers, and
// casts to a reference.
#include <httplib.h>

#include <exception>
#include <stdexcept>
#include <typeinfo>

class Private : std::runtime_error {
 public:
  Private() : std::runtime_error("private") {}
};

struct Base {
  virtual ~Base() = default;
};
struct Left : Base {};
struct Right : Base {};
struct Twice : Left, Right {};

struct Shared : std::exception {};
struct One : virtual Shared {};
struct Other : virtual Shared {};
struct Once : One, Other {};

httplib::Client client("localhost", 9000);

int main() {
  httplib::Server server;
  server.Get("/private", [](const httplib::Request&, httplib::Response& response) {
    try {
      if (!client.Get("/private")) throw Private();
    } catch (const std::exception&) {
      response.status = 500;
    } catch (...) {
      response.status = 503;
    }
  });
  server.Get("/twice", [](const httplib::Request&, httplib::Response& response) {
    try {
      if (!client.Get("/twice")) throw Twice();
    } catch (const Base&) {
      response.status = 500;
    } catch (...) {
      response.status = 503;
    }
  });
  server.Get("/once", [](const httplib::Request&, httplib::Response& response) {
    try {
      if (!client.Get("/once")) throw Once();
    } catch (const Shared&) {
      response.status = 503;
    } catch (...) {
      response.status = 500;
    }
  });
  server.Get("/pointer", [](const httplib::Request&, httplib::Response& response) {
    try {
      if (!client.Get("/pointer")) throw "down";
    } catch (const void*) {
      response.status = 503;
    } catch (...) {
      response.status = 500;
    }
  });
  server.Get("/text", [](const httplib::Request&, httplib::Response& response) {
    try {
      if (!client.Get("/text")) throw "down";
    } catch (char*) {
      response.status = 500;
    } catch (const char*) {
      response.status = 503;
    }
  });
  server.Get("/cast", [](const httplib::Request&, httplib::Response& response) {
    try {
      if (!client.Get("/cast")) throw Left();
    } catch (const Base& base) {
      try {
        static_cast<void>(dynamic_cast<const Right&>(base));
        response.status = 500;
      } catch (const std::bad_cast&) {
        response.status = 503;
      }
    }
  });
  server.listen("0.0.0.0", 8000);
}
