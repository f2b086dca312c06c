// A std::reference_wrapper is a reference, wherever it is kept; an assignment lets it refer to
// something else.
#include <httplib.h>

#include <functional>
#include <vector>

struct Context {
  std::reference_wrapper<int> code;
};
void Fail(std::reference_wrapper<httplib::Response> response) { response.get().status = 503; }

httplib::Client client("localhost", 9000);

int main() {
  httplib::Server server;
  server.Get("/parameter", [](const httplib::Request&, httplib::Response& response) {
    if (!client.Get("/parameter")) Fail(std::ref(response));
  });
  server.Get("/variable", [](const httplib::Request&, httplib::Response& response) {
    int code = 200;
    auto same = std::ref(code);
    if (!client.Get("/variable")) same.get() = 503;
    response.status = code;
  });
  server.Get("/field", [](const httplib::Request&, httplib::Response& response) {
    int code = 200;
    Context context{code};
    if (!client.Get("/field")) context.code.get() = 503;
    response.status = code;
  });
  server.Get("/element", [](const httplib::Request&, httplib::Response& response) {
    int code = 200;
    std::vector<std::reference_wrapper<int>> codes{code};
    if (!client.Get("/element")) codes[0].get() = 503;
    response.status = code;
  });
  server.Get("/pushed", [](const httplib::Request&, httplib::Response& response) {
    int code = 200;
    std::vector<std::reference_wrapper<int>> codes;
    codes.push_back(code);
    if (!client.Get("/pushed")) codes[0].get() = 503;
    response.status = code;
  });
  server.Get("/assigned", [](const httplib::Request&, httplib::Response& response) {
    int code = 200, other = 200;
    std::reference_wrapper<int> same = other;
    same = code;
    if (!client.Get("/assigned")) same.get() = 503;
    response.status = code;
  });
  server.listen("0.0.0.0", 8000);
}
