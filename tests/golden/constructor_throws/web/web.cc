// Of an object whose constructor throws the parts that were made are destroyed, and not itself;
// itself, if another constructor of its own had made it.
#include <httplib.h>

#include <stdexcept>

class Answer {
 public:
  Answer(httplib::Response& response, int status) : response_(response), status_(status) {}
  ~Answer() { response_.status = status_; }

 protected:
  httplib::Response& response_;
  int status_;
};

struct Broken {
  Broken() { throw std::runtime_error("broken"); }
};

class Member {
 public:
  explicit Member(httplib::Response& response) : first_(response, 503), second_(response, 504) {}

 private:
  Answer first_;
  Broken broken_;
  Answer second_;
};

class Derived : public Answer {
 public:
  explicit Derived(httplib::Response& response) : Answer(response, 505) {
    throw std::runtime_error("derived");
  }
  ~Derived() { response_.status = 500; }
};

class Delegating {
 public:
  explicit Delegating(httplib::Response& response) : response_(response) {}
  Delegating(httplib::Response& response, int) : Delegating(response) {
    throw std::runtime_error("delegating");
  }
  ~Delegating() { response_.status = 501; }

 private:
  httplib::Response& response_;
};

class Handled {
 public:
  explicit Handled(httplib::Response& response) try : answer_(response, 507) {
    throw std::runtime_error("handled");
  } catch (const std::exception&) {
    if (response.status == 507) response.status = 508;
  }

 private:
  Answer answer_;
};

class Element {
 public:
  explicit Element(int& count) : count_(count) {
    if (count_ == 2) throw std::runtime_error("element");
    ++count_;
  }
  ~Element() { count_ += 10; }

 private:
  int& count_;
};

int main() {
  httplib::Server server;
  server.Get("/member", [](const httplib::Request&, httplib::Response& response) {
    httplib::Client client("localhost", 9000);
    if (client.Get("/data")) return;
    try {
      Member made(response);
    } catch (const std::exception&) {
    }
  });
  server.Get("/base", [](const httplib::Request&, httplib::Response& response) {
    httplib::Client client("localhost", 9000);
    if (client.Get("/data")) return;
    try {
      Derived made(response);
    } catch (const std::exception&) {
    }
  });
  server.Get("/delegating", [](const httplib::Request&, httplib::Response& response) {
    httplib::Client client("localhost", 9000);
    if (client.Get("/data")) return;
    try {
      Delegating made(response, 1);
    } catch (const std::exception&) {
    }
  });
  server.Get("/try", [](const httplib::Request&, httplib::Response& response) {
    httplib::Client client("localhost", 9000);
    if (client.Get("/data")) return;
    try {
      Handled made(response);
    } catch (const std::exception&) {
    }
  });
  server.Get("/elements", [](const httplib::Request&, httplib::Response& response) {
    httplib::Client client("localhost", 9000);
    if (client.Get("/data")) return;
    int count = 0;
    try {
      Element made[3] = {Element(count), Element(count), Element(count)};
    } catch (const std::exception&) {
      response.status = count == 22 ? 506 : 500;
    }
  });
  server.listen("0.0.0.0", 8000);
}
