// An exception goes with the last clause that takes it; one whose constructor throws was never
// made.
#include <httplib.h>

#include <cstdlib>
#include <exception>
#include <memory>
#include <stdexcept>

// Says how it went, at its end.
class Answer {
 public:
  Answer(httplib::Response& response, int status) : response_(&response), status_(status) {}
  ~Answer() { response_->status = status_; }

 private:
  httplib::Response* response_;
  int status_;
};

// Counts its copies.
class Failure {
 public:
  explicit Failure(httplib::Response& response) : response_(&response) {}
  Failure(const Failure& other) : response_(other.response_), copies_(other.copies_ + 1) {}
  ~Failure() { response_->status = 510 + copies_; }
  int copies() const { return copies_; }

 private:
  httplib::Response* response_;
  int copies_ = 0;
};

class Unmade {
 public:
  explicit Unmade(httplib::Response& response) : answer_(new Answer(response, 501)) {
    throw std::runtime_error("no data");
  }
  ~Unmade() { std::abort(); }

 private:
  std::unique_ptr<Answer> answer_;
};

int main() {
  httplib::Server server;
  server.Get("/caught", [](const httplib::Request&, httplib::Response& response) {
    httplib::Client client("localhost", 9000);
    if (client.Get("/caught")) return;
    try {
      throw Failure(response);
    } catch (const Failure&) {
      response.status = 500;
    }
  });
  server.Get("/caught_as_anything", [](const httplib::Request&, httplib::Response& response) {
    httplib::Client client("localhost", 9000);
    if (client.Get("/caught_as_anything")) return;
    try {
      throw Failure(response);
    } catch (...) {
      response.status = 500;
    }
    if (response.status == 510) response.status = 502;
  });
  server.Get("/caught_by_value", [](const httplib::Request&, httplib::Response& response) {
    httplib::Client client("localhost", 9000);
    if (client.Get("/caught_by_value")) return;
    try {
      throw Failure(response);
    } catch (Failure failure) {
      response.status = 500;
    }
  });
  server.Get("/thrown_on", [](const httplib::Request&, httplib::Response& response) {
    httplib::Client client("localhost", 9000);
    if (client.Get("/thrown_on")) return;
    try {
      try {
        throw Failure(response);
      } catch (const Failure&) {
        response.status = 501;
        throw;
      }
    } catch (...) {
      response.status = response.status == 501 ? 502 : 503;
    }
    if (response.status == 510) response.status = 504;
  });
  server.Get("/copied", [](const httplib::Request&, httplib::Response& response) {
    httplib::Client client("localhost", 9000);
    if (client.Get("/copied")) return;
    try {
      Failure failure(response);
      throw failure;
    } catch (const Failure& failure) {
      response.status = failure.copies() == 1 ? 502 : 503;
    }
  });
  server.Get("/kept", [](const httplib::Request&, httplib::Response& response) {
    httplib::Client client("localhost", 9000);
    if (client.Get("/kept")) return;
    std::exception_ptr kept;
    try {
      throw Failure(response);
    } catch (...) {
      kept = std::current_exception();
    }
    response.status = 500;
  });
  server.Get("/unmade", [](const httplib::Request&, httplib::Response& response) {
    httplib::Client client("localhost", 9000);
    if (client.Get("/unmade")) return;
    try {
      new Unmade(response);
    } catch (const std::exception&) {
      if (response.status == 501) response.status = 502;
    }
  });
  server.Get("/unmade_owned", [](const httplib::Request&, httplib::Response& response) {
    httplib::Client client("localhost", 9000);
    if (client.Get("/unmade_owned")) return;
    try {
      const auto unmade = std::make_unique<Unmade>(response);
    } catch (const std::exception&) {
      if (response.status == 501) response.status = 502;
    }
  });
  server.listen("0.0.0.0", 8000);
}
