// What smart pointers point to goes with them, and with `delete`.
#include <httplib.h>

#include <memory>
#include <utility>

// Says how it went, at its end.
class Answer {
 public:
  Answer(httplib::Response& response, int status) : response_(&response), status_(status) {}
  ~Answer() { response_->status = status_; }

 private:
  httplib::Response* response_;
  int status_;
};

struct Log {
  Log() = default;
  ~Log() { httplib::Client("localhost", 9001).Get("/log"); }
};

struct Thrower {
  ~Thrower() noexcept(false) { throw 1; }
};

struct Base {
  virtual ~Base() = default;
};

class Derived : public Base {
 public:
  explicit Derived(httplib::Response& response) : response_(response) {}
  ~Derived() override { response_.status = 507; }

 private:
  httplib::Response& response_;
};

struct Owner {
  std::unique_ptr<Answer> first;
  std::shared_ptr<Answer> second;
};

std::unique_ptr<Answer> Pass(std::unique_ptr<Answer> answer) { return answer; }

int main() {
  httplib::Server server;
  server.Get("/at_the_end", [](const httplib::Request&, httplib::Response& response) {
    httplib::Client client("localhost", 9000);
    auto answer = std::make_unique<Answer>(response, 501);
    if (client.Get("/at_the_end")) return;
    response.status = 500;
  });
  server.Get("/of_new", [](const httplib::Request&, httplib::Response& response) {
    httplib::Client client("localhost", 9000);
    if (client.Get("/of_new")) return;
    std::unique_ptr<Answer> answer(new Answer(response, 501));
  });
  server.Get("/reset", [](const httplib::Request&, httplib::Response& response) {
    httplib::Client client("localhost", 9000);
    auto answer = std::make_unique<Answer>(response, 501);
    if (client.Get("/reset")) return;
    answer.reset();
    if (response.status == 501) response.status = 502;
  });
  server.Get("/reset_to_another", [](const httplib::Request&, httplib::Response& response) {
    httplib::Client client("localhost", 9000);
    auto answer = std::make_unique<Answer>(response, 501);
    if (client.Get("/reset_to_another")) return;
    answer.reset(new Answer(response, 502));
    if (response.status != 501) answer.release();
  });
  server.Get("/released", [](const httplib::Request&, httplib::Response& response) {
    httplib::Client client("localhost", 9000);
    auto answer = std::make_unique<Answer>(response, 501);
    if (client.Get("/released")) return;
    response.status = 500;
    answer.release();
  });
  server.Get("/moved", [](const httplib::Request&, httplib::Response& response) {
    httplib::Client client("localhost", 9000);
    auto answer = std::make_unique<Answer>(response, 501);
    if (client.Get("/moved")) return;
    {
      const auto other = std::move(answer);
    }
    response.status = 500;
  });
  server.Get("/assigned", [](const httplib::Request&, httplib::Response& response) {
    httplib::Client client("localhost", 9000);
    auto answer = std::make_unique<Answer>(response, 501);
    if (client.Get("/assigned")) return;
    answer = std::make_unique<Answer>(response, 502);
    response.status = response.status == 501 ? 503 : 500;
  });
  server.Get("/passed", [](const httplib::Request&, httplib::Response& response) {
    httplib::Client client("localhost", 9000);
    auto answer = std::make_unique<Answer>(response, 501);
    if (client.Get("/passed")) return;
    Pass(std::move(answer));
    if (response.status == 501) response.status = 502;
  });
  server.Get("/passed_back", [](const httplib::Request&, httplib::Response& response) {
    httplib::Client client("localhost", 9000);
    auto answer = std::make_unique<Answer>(response, 501);
    if (client.Get("/passed_back")) return;
    const auto other = Pass(std::move(answer));
    response.status = 500;
  });
  server.Get("/throws", [](const httplib::Request&, httplib::Response& response) {
    httplib::Client client("localhost", 9000);
    auto thrower = std::make_unique<Thrower>();
    if (client.Get("/throws")) return;
    response.status = 500;
  });
  server.Get("/calls", [](const httplib::Request&, httplib::Response& response) {
    httplib::Client client("localhost", 9000);
    auto log = std::make_unique<Log>();
    if (client.Get("/calls")) return;
    response.status = 500;
  });
  server.Get("/derived", [](const httplib::Request&, httplib::Response& response) {
    httplib::Client client("localhost", 9000);
    std::unique_ptr<Base> base = std::make_unique<Derived>(response);
    if (client.Get("/derived")) return;
    response.status = 500;
  });
  server.Get("/array", [](const httplib::Request&, httplib::Response& response) {
    httplib::Client client("localhost", 9000);
    std::unique_ptr<Log[]> logs(new Log[2]);
    if (client.Get("/array")) return;
    response.status = 500;
  });
  server.Get("/members", [](const httplib::Request&, httplib::Response& response) {
    httplib::Client client("localhost", 9000);
    Owner owner{std::make_unique<Answer>(response, 501), std::make_shared<Answer>(response, 502)};
    if (client.Get("/members")) return;
    response.status = 500;
  });
  server.Get("/shared", [](const httplib::Request&, httplib::Response& response) {
    httplib::Client client("localhost", 9000);
    auto answer = std::make_shared<Answer>(response, 501);
    const auto other = answer;
    if (client.Get("/shared")) return;
    answer.reset();
    response.status = response.status == 501 ? 502 : 500;
  });
  server.Get("/last_one", [](const httplib::Request&, httplib::Response& response) {
    httplib::Client client("localhost", 9000);
    auto answer = std::make_shared<Answer>(response, 501);
    auto other = answer;
    if (client.Get("/last_one")) return;
    answer.reset();
    other = nullptr;
    if (response.status == 501) response.status = 502;
  });
  server.Get("/observed", [](const httplib::Request&, httplib::Response& response) {
    httplib::Client client("localhost", 9000);
    std::weak_ptr<Answer> observer;
    if (client.Get("/observed")) return;
    {
      const auto answer = std::make_shared<Answer>(response, 501);
      observer = answer;
    }
    if (observer.lock()) response.status = 502;
  });
  server.Get("/deleted", [](const httplib::Request&, httplib::Response& response) {
    httplib::Client client("localhost", 9000);
    auto* answer = new Answer(response, 501);
    if (client.Get("/deleted")) return;
    delete answer;
    if (response.status == 501) response.status = 502;
  });
  server.Get("/deleted_array", [](const httplib::Request&, httplib::Response& response) {
    httplib::Client client("localhost", 9000);
    auto* logs = new Log[2];
    if (client.Get("/deleted_array")) return;
    delete[] logs;
  });
  server.Get("/not_deleted", [](const httplib::Request&, httplib::Response& response) {
    httplib::Client client("localhost", 9000);
    auto* answer = new Answer(response, 501);
    if (client.Get("/not_deleted")) return;
    response.status = 500;
    (void)answer;
  });
  server.listen("0.0.0.0", 8000);
}
