// While an object is made or destroyed, it is one of the class whose constructor or destructor
// runs.
#include <httplib.h>

class Base {
 public:
  Base() : made_(Status()), is_last_(IsLast()) {}
  virtual ~Base() = default;
  virtual int Status() const { return 503; }
  int made() const { return made_; }
  bool is_last() const { return is_last_; }

 private:
  bool IsLast() const;

  int made_;
  bool is_last_;
};

class Middle : public Base {
 public:
  Middle() : middle_(Status()) {}
  int Status() const override { return 504; }
  int middle() const { return middle_; }

 private:
  int middle_;
};

class Last : public Middle {
 public:
  int Status() const override { return 505; }
};

bool Base::IsLast() const { return dynamic_cast<const Last*>(this) != nullptr; }

class Closing {
 public:
  explicit Closing(httplib::Response& response) : response_(response) {}
  virtual ~Closing() { response_.status = Status(); }
  virtual int Status() const { return 501; }

 private:
  httplib::Response& response_;
};

class Other : public Closing {
 public:
  using Closing::Closing;
  int Status() const override { return 502; }
};

int main() {
  httplib::Server server;
  server.Get("/base", [](const httplib::Request&, httplib::Response& response) {
    httplib::Client client("localhost", 9000);
    if (!client.Get("/data")) response.status = Last().made();
  });
  server.Get("/middle", [](const httplib::Request&, httplib::Response& response) {
    httplib::Client client("localhost", 9000);
    if (!client.Get("/data")) response.status = Last().middle();
  });
  server.Get("/made", [](const httplib::Request&, httplib::Response& response) {
    httplib::Client client("localhost", 9000);
    if (!client.Get("/data")) response.status = Last().Status();
  });
  server.Get("/cast", [](const httplib::Request&, httplib::Response& response) {
    httplib::Client client("localhost", 9000);
    if (!client.Get("/data")) response.status = Last().is_last() ? 500 : 511;
  });
  server.Get("/destructor", [](const httplib::Request&, httplib::Response& response) {
    httplib::Client client("localhost", 9000);
    if (!client.Get("/data")) Other other(response);
  });
  server.listen("0.0.0.0", 8000);
}
