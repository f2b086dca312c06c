// The call is made in a base class that is told its derived class.
#include <httplib.h>

template <typename Derived>
struct Remote {
  bool Load() {
    httplib::Client client("localhost", 9000);
    const auto result = client.Get(static_cast<Derived*>(this)->Path());
    return result && result->status == 200;
  }
};

struct Users : Remote<Users> {
  const char* Path() const { return "/users"; }
};

int main() {
  httplib::Server server;
  server.Get("/", [](const httplib::Request&, httplib::Response& response) {
    Users users;
    response.status = users.Load() ? 200 : 503;
  });
  server.listen("0.0.0.0", 8000);
}
