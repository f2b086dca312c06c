// What lambdas have captured by copy goes with them, and with what keeps them.
#include <httplib.h>

#include <functional>
#include <future>
#include <memory>
#include <thread>
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

int main() {
  httplib::Server server;
  server.Get("/captured", [](const httplib::Request&, httplib::Response& response) {
    httplib::Client client("localhost", 9000);
    auto answer = std::make_shared<Answer>(response, 501);
    const auto keep = [answer] {};
    if (client.Get("/captured")) return;
    answer.reset();
    response.status = response.status == 501 ? 502 : 500;
  });
  server.Get("/made_for_it", [](const httplib::Request&, httplib::Response& response) {
    httplib::Client client("localhost", 9000);
    if (client.Get("/made_for_it")) return;
    {
      const auto keep = [answer = std::make_unique<Answer>(response, 501)] {};
    }
    if (response.status == 501) response.status = 502;
  });
  server.Get("/copy", [](const httplib::Request&, httplib::Response& response) {
    httplib::Client client("localhost", 9000);
    if (client.Get("/copy")) return;
    {
      const Answer answer(response, 501);
      const auto keep = [answer] {};
      response.status = 500;
    }
    if (response.status == 501) response.status = 502;
  });
  server.Get("/function", [](const httplib::Request&, httplib::Response& response) {
    httplib::Client client("localhost", 9000);
    std::function<void()> keep;
    {
      const auto answer = std::make_shared<Answer>(response, 501);
      keep = [answer] {};
    }
    if (client.Get("/function")) return;
    keep = nullptr;
    if (response.status == 501) response.status = 502;
  });
  server.Get("/function_at_the_end", [](const httplib::Request&, httplib::Response& response) {
    httplib::Client client("localhost", 9000);
    const std::function<void()> keep = [answer = std::make_shared<Answer>(response, 501)] {};
    if (client.Get("/function_at_the_end")) return;
    keep();
    response.status = 500;
  });
  server.Get("/thread", [](const httplib::Request&, httplib::Response& response) {
    httplib::Client client("localhost", 9000);
    auto answer = std::make_shared<Answer>(response, 501);
    if (client.Get("/thread")) return;
    std::thread thread([kept = std::move(answer)] {});
    thread.join();
    if (response.status == 501) response.status = 502;
  });
  server.Get("/task", [](const httplib::Request&, httplib::Response& response) {
    httplib::Client client("localhost", 9000);
    auto answer = std::make_shared<Answer>(response, 501);
    if (client.Get("/task")) return;
    const auto task = std::async(std::launch::async, [kept = std::move(answer)] {});
    response.status = 500;
  });
  server.listen("0.0.0.0", 8000);
}
