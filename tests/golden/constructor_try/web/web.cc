// Constructors that are try blocks, and what goes with an object: its parts, also while an
// exception is on its way, and nothing of an object that was never made.
#include <httplib.h>

#include <stdexcept>

httplib::Client client("localhost", 9000);

struct Down : std::runtime_error {
  using std::runtime_error::runtime_error;
};

int Fetch(const char* path) {
  if (!client.Get(path)) throw Down("x");
  return 1;
}

struct Translating {
  int value;
  Translating() try : value(Fetch("/translated")) {
  } catch (const Down&) {
    throw std::logic_error("y");
  }
};

struct Passing {
  int value;
  Passing() try : value(Fetch("/passed_on")) {
  } catch (const Down&) {
  }
};

struct Setting {
  int& status;
  int value;
  ~Setting() { status = value; }
};

struct Members {
  Setting last;
  Setting first;
};

struct Based : Setting {
  ~Based() { status = 500; }
};

struct Throwing {
  ~Throwing() noexcept(false) { throw Down("z"); }
};

struct NeverMade {
  int& status;
  explicit NeverMade(int& to) : status(to) { throw Down("w"); }
  ~NeverMade() { status = 500; }
};

int main() {
  httplib::Server server;
  server.Get("/translated", [](const httplib::Request&, httplib::Response& response) {
    try {
      Translating made;
    } catch (const std::logic_error&) {
      response.status = 504;
    } catch (const Down&) {
      response.status = 503;
    }
  });
  server.Get("/passed_on", [](const httplib::Request&, httplib::Response& response) {
    try {
      Passing made;
    } catch (const Down&) {
      response.status = 503;
    }
  });
  server.Get("/members", [](const httplib::Request&, httplib::Response& response) {
    if (!client.Get("/members")) {
      Members members{{response.status, 503}, {response.status, 500}};
    }
  });
  server.Get("/base", [](const httplib::Request&, httplib::Response& response) {
    if (!client.Get("/base")) {
      Based based{{response.status, 503}};
    }
  });
  server.Get("/two_at_once", [](const httplib::Request&, httplib::Response& response) {
    try {
      if (!client.Get("/two_at_once")) {
        Throwing throwing{};
        throw Down("x");
      }
    } catch (...) {
      response.status = 503;
    }
  });
  server.Get("/never_made", [](const httplib::Request&, httplib::Response& response) {
    try {
      if (!client.Get("/never_made")) {
        response.status = 503;
        NeverMade never(response.status);
      }
    } catch (const Down&) {
    }
  });
  server.listen("0.0.0.0", 8000);
}
