// An exception that is taken, looked at and thrown on; and one that loses its class by `throw e`.
#include <httplib.h>

#include <stdexcept>

struct Base : std::runtime_error {
  using std::runtime_error::runtime_error;
};
struct Derived : Base {
  using Base::Base;
};

std::string Fetch(const std::string& path) {
  httplib::Client client("localhost", 9000);
  const auto result = client.Get(path);
  if (!result) throw Derived("down");
  return result->body;
}

std::string Keeping() {
  try {
    return Fetch("/keeping");
  } catch (const Base&) {
    throw;
  }
}

std::string Slicing() {
  try {
    return Fetch("/slicing");
  } catch (Base& error) {
    throw error;
  }
}

int main() {
  httplib::Server server;
  const auto answer = [](httplib::Response& response, std::string (*fetch)()) {
    try {
      response.set_content(fetch(), "text/plain");
    } catch (const Derived&) {
      response.status = 503;
    } catch (const Base&) {
      response.status = 502;
    }
  };
  server.Get("/keeping", [answer](const httplib::Request&, httplib::Response& response) {
    answer(response, Keeping);
  });
  server.Get("/slicing", [answer](const httplib::Request&, httplib::Response& response) {
    answer(response, &Slicing);
  });
  server.listen("0.0.0.0", 8000);
}
