// What a clause that catches by reference writes is seen by the next; a copy is an object of the
// class that it is declared with.
#include <httplib.h>

#include <exception>

struct Failure {
  int status;
};

struct Problem {
  virtual ~Problem() = default;
  virtual int Status() const { return 500; }
};

struct Outage : Problem {
  int Status() const override { return 503; }
};

int StatusOf(Problem problem) { return problem.Status(); }

httplib::Client client("localhost", 9000);

int main() {
  httplib::Server server;
  server.Get("/changed", [](const httplib::Request&, httplib::Response& response) {
    try {
      try {
        if (!client.Get("/changed")) throw Failure{500};
      } catch (Failure& failure) {
        failure.status = 503;
        throw;
      }
    } catch (const Failure& failure) {
      response.status = failure.status;
    }
  });
  server.Get("/stored", [](const httplib::Request&, httplib::Response& response) {
    std::exception_ptr stored;
    try {
      if (!client.Get("/stored")) throw Failure{500};
    } catch (Failure& failure) {
      stored = std::current_exception();
      failure.status = 503;
    }
    try {
      if (stored) std::rethrow_exception(stored);
    } catch (const Failure& failure) {
      response.status = failure.status;
    }
  });
  server.Get("/copy_changed", [](const httplib::Request&, httplib::Response& response) {
    try {
      try {
        if (!client.Get("/copy_changed")) throw Failure{503};
      } catch (Failure failure) {
        failure.status = 500;
        throw;
      }
    } catch (const Failure& failure) {
      response.status = failure.status;
    }
  });
  server.Get("/by_value", [](const httplib::Request&, httplib::Response& response) {
    try {
      if (!client.Get("/by_value")) throw Outage();
    } catch (Problem problem) {
      response.status = problem.Status();
    }
  });
  server.Get("/copied", [](const httplib::Request&, httplib::Response& response) {
    try {
      if (!client.Get("/copied")) throw Outage();
    } catch (const Problem& problem) {
      Problem copy = problem;
      response.status = copy.Status();
    }
  });
  server.Get("/handed_on", [](const httplib::Request&, httplib::Response& response) {
    if (!client.Get("/handed_on")) response.status = StatusOf(Outage());
  });
  server.Get("/number", [](const httplib::Request&, httplib::Response& response) {
    try {
      if (!client.Get("/number")) throw 503;
    } catch (int status) {
      response.status = status;
    }
  });
  server.listen("0.0.0.0", 8000);
}
