// Owners in class templates and function templates, and of objects of class templates.
#include <httplib.h>

#include <functional>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

// Says how it went, at its end.
class Answer {
 public:
  Answer(httplib::Response& response, int status) : response_(&response), status_(status) {}
  ~Answer() { response_->status = status_; }

 private:
  httplib::Response* response_;
  int status_;
};

template <class Function>
class Guard {
 public:
  explicit Guard(Function function) : function_(std::move(function)) {}
  ~Guard() { function_(); }

 private:
  Function function_;
};

template <class Value>
class Box {
 public:
  template <class... Arguments>
  explicit Box(Arguments&&... arguments)
      : value_(new Value(std::forward<Arguments>(arguments)...)) {}
  void Empty() { value_.reset(); }

 private:
  std::unique_ptr<Value> value_;
};

template <class Value>
class Values {
 public:
  void Add(std::unique_ptr<Value> value) { values_.push_back(std::move(value)); }
  void Clear() { values_.clear(); }

 private:
  std::vector<std::unique_ptr<Value>> values_;
};

template <class Value>
void Empty(std::optional<Value>& value) {
  value.reset();
}

template <class Value>
void Drop(std::unique_ptr<Value>) {}

template <class Function>
void CallWith(std::shared_ptr<Answer> kept, Function function) {
  function();
  kept.reset();
}

template <class Function>
std::unique_ptr<Guard<Function>> MakeGuard(Function function) {
  return std::make_unique<Guard<Function>>(std::move(function));
}

int main() {
  httplib::Server server;
  server.Get("/box", [](const httplib::Request&, httplib::Response& response) {
    httplib::Client client("localhost", 9000);
    Box<Answer> box(response, 501);
    if (client.Get("/box")) return;
    response.status = 500;
  });
  server.Get("/emptied", [](const httplib::Request&, httplib::Response& response) {
    httplib::Client client("localhost", 9000);
    Box<Answer> box(response, 501);
    if (client.Get("/emptied")) return;
    box.Empty();
    if (response.status == 501) response.status = 502;
  });
  server.Get("/values", [](const httplib::Request&, httplib::Response& response) {
    httplib::Client client("localhost", 9000);
    Values<Answer> values;
    values.Add(std::make_unique<Answer>(response, 501));
    if (client.Get("/values")) return;
    response.status = 500;
  });
  server.Get("/values_cleared", [](const httplib::Request&, httplib::Response& response) {
    httplib::Client client("localhost", 9000);
    Values<Answer> values;
    values.Add(std::make_unique<Answer>(response, 501));
    if (client.Get("/values_cleared")) return;
    values.Clear();
    if (response.status == 501) response.status = 502;
  });
  server.Get("/optional", [](const httplib::Request&, httplib::Response& response) {
    httplib::Client client("localhost", 9000);
    std::optional<Answer> answer;
    answer.emplace(response, 501);
    if (client.Get("/optional")) return;
    Empty(answer);
    if (response.status == 501) response.status = 502;
  });
  server.Get("/dropped", [](const httplib::Request&, httplib::Response& response) {
    httplib::Client client("localhost", 9000);
    auto answer = std::make_unique<Answer>(response, 501);
    if (client.Get("/dropped")) return;
    Drop(std::move(answer));
    if (response.status == 501) response.status = 502;
  });
  server.Get("/guard", [](const httplib::Request&, httplib::Response& response) {
    httplib::Client client("localhost", 9000);
    const auto guard = MakeGuard([&response] { response.status = 503; });
    if (client.Get("/guard")) return;
    response.status = 500;
  });
  server.Get("/guard_in_optional", [](const httplib::Request&, httplib::Response& response) {
    httplib::Client client("localhost", 9000);
    const auto fail = [&response] { response.status = 503; };
    std::optional<Guard<decltype(fail)>> guard;
    guard.emplace(fail);
    if (client.Get("/guard_in_optional")) return;
    guard.reset();
    if (response.status == 503) response.status = 504;
  });
  server.Get("/guard_deleted", [](const httplib::Request&, httplib::Response& response) {
    httplib::Client client("localhost", 9000);
    auto* guard = new Guard([&response] { response.status = 503; });
    if (client.Get("/guard_deleted")) return;
    delete guard;
  });
  server.Get("/called", [](const httplib::Request&, httplib::Response& response) {
    httplib::Client client("localhost", 9000);
    auto answer = std::make_shared<Answer>(response, 501);
    if (client.Get("/called")) return;
    CallWith(std::move(answer), [&response] { response.status = 500; });
    if (response.status == 501) response.status = 502;
  });
  server.listen("0.0.0.0", 8000);
}
