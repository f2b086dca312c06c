// Constructors and assignments of the service's own run where an object is copied or moved.
#include <httplib.h>

#include <stdexcept>
#include <utility>

struct Counting {
  Counting() {}
  Counting(const Counting& other) : copies(other.copies + 1) {}
  Counting& operator=(const Counting& other) {
    copies = other.copies + 3;
    return *this;
  }
  int copies = 500;
};

struct Holder {
  Counting counting;
};

struct Derived : Counting {
  int more = 0;
};

struct NotCopied {
  NotCopied() = default;
  NotCopied(const NotCopied&) { throw std::runtime_error("no copies"); }
};

class Owner {
 public:
  explicit Owner(httplib::Response& response) : response_(&response) {}
  Owner(Owner&& other) : response_(other.response_) { other.response_ = nullptr; }
  ~Owner() {
    if (response_ != nullptr) response_->status = 503;
  }

 private:
  httplib::Response* response_;
};

struct Error : std::runtime_error {
  Error() : std::runtime_error("error") {}
  Error(const Error& other) : std::runtime_error(other), copies(other.copies + 1) {}
  int copies = 500;
};

int CopiesOf(Counting counting) { return counting.copies; }
void Refuse(NotCopied) {}
void Take(Owner) {}

int main() {
  httplib::Server server;
  server.Get("/copies", [](const httplib::Request&, httplib::Response& response) {
    httplib::Client client("localhost", 9000);
    const Counting one;
    const Counting two = one;
    if (!client.Get("/data")) response.status = CopiesOf(two);
  });
  server.Get("/part", [](const httplib::Request&, httplib::Response& response) {
    httplib::Client client("localhost", 9000);
    const Holder one;
    const Holder two = one;
    if (!client.Get("/data")) response.status = two.counting.copies;
  });
  server.Get("/base", [](const httplib::Request&, httplib::Response& response) {
    httplib::Client client("localhost", 9000);
    const Derived one;
    const Derived two = one;
    if (!client.Get("/data")) response.status = two.copies;
  });
  server.Get("/assigned", [](const httplib::Request&, httplib::Response& response) {
    httplib::Client client("localhost", 9000);
    const Counting one;
    Counting two;
    if (client.Get("/data")) return;
    two = one;
    response.status = two.copies;
  });
  server.Get("/captured", [](const httplib::Request&, httplib::Response& response) {
    httplib::Client client("localhost", 9000);
    const Counting one;
    const auto copies = [one] { return one.copies; };
    if (!client.Get("/data")) response.status = copies();
  });
  server.Get("/throws", [](const httplib::Request&, httplib::Response& response) {
    httplib::Client client("localhost", 9000);
    const NotCopied one;
    try {
      if (!client.Get("/data")) Refuse(one);
    } catch (const std::exception&) {
      response.status = 505;
    }
  });
  server.Get("/moved", [](const httplib::Request&, httplib::Response& response) {
    httplib::Client client("localhost", 9000);
    if (client.Get("/data")) return;
    Owner owner(response);
    Take(std::move(owner));
    if (response.status == 503) response.status = 504;
  });
  server.Get("/thrown", [](const httplib::Request&, httplib::Response& response) {
    httplib::Client client("localhost", 9000);
    const Error error;
    try {
      if (!client.Get("/data")) throw error;
    } catch (const Error& thrown) {
      response.status = thrown.copies;
    }
  });
  server.Get("/caught", [](const httplib::Request&, httplib::Response& response) {
    httplib::Client client("localhost", 9000);
    try {
      if (!client.Get("/data")) throw Error();
    } catch (Error caught) {
      response.status = caught.copies;
    }
  });
  server.listen("0.0.0.0", 8000);
}
