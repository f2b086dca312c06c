// What containers, optionals, pairs and the like hold goes with them.
#include <httplib.h>

#include <array>
#include <deque>
#include <list>
#include <memory>
#include <optional>
#include <tuple>
#include <utility>
#include <variant>
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

struct Log {
  Log() = default;
  ~Log() { httplib::Client("localhost", 9001).Get("/log"); }
};

int main() {
  httplib::Server server;
  server.Get("/vector", [](const httplib::Request&, httplib::Response& response) {
    httplib::Client client("localhost", 9000);
    std::vector<Answer> answers;
    answers.emplace_back(response, 501);
    if (client.Get("/vector")) return;
    response.status = 500;
  });
  server.Get("/vector_of_pointers", [](const httplib::Request&, httplib::Response& response) {
    httplib::Client client("localhost", 9000);
    std::vector<std::unique_ptr<Answer>> answers;
    answers.push_back(std::make_unique<Answer>(response, 501));
    answers.push_back(std::make_unique<Answer>(response, 502));
    if (client.Get("/vector_of_pointers")) return;
    response.status = 500;
  });
  server.Get("/cleared", [](const httplib::Request&, httplib::Response& response) {
    httplib::Client client("localhost", 9000);
    std::vector<std::unique_ptr<Answer>> answers;
    answers.push_back(std::make_unique<Answer>(response, 501));
    if (client.Get("/cleared")) return;
    answers.clear();
    if (response.status == 501) response.status = 502;
  });
  server.Get("/popped", [](const httplib::Request&, httplib::Response& response) {
    httplib::Client client("localhost", 9000);
    std::list<std::unique_ptr<Answer>> answers;
    answers.push_back(std::make_unique<Answer>(response, 501));
    answers.push_back(std::make_unique<Answer>(response, 502));
    if (client.Get("/popped")) return;
    answers.pop_front();
    response.status = response.status == 501 ? 503 : 500;
  });
  server.Get("/moved", [](const httplib::Request&, httplib::Response& response) {
    httplib::Client client("localhost", 9000);
    std::vector<std::unique_ptr<Answer>> answers;
    answers.push_back(std::make_unique<Answer>(response, 501));
    if (client.Get("/moved")) return;
    {
      const auto others = std::move(answers);
    }
    if (response.status == 501) response.status = 502;
  });
  server.Get("/shared", [](const httplib::Request&, httplib::Response& response) {
    httplib::Client client("localhost", 9000);
    auto answer = std::make_shared<Answer>(response, 501);
    std::vector<std::shared_ptr<Answer>> answers;
    answers.push_back(answer);
    if (client.Get("/shared")) return;
    answer.reset();
    response.status = response.status == 501 ? 502 : 500;
  });
  server.Get("/deque", [](const httplib::Request&, httplib::Response& response) {
    httplib::Client client("localhost", 9000);
    std::deque<Log> logs;
    logs.emplace_back();
    logs.emplace_back();
    if (client.Get("/deque")) return;
    response.status = 500;
  });
  server.Get("/empty", [](const httplib::Request&, httplib::Response& response) {
    httplib::Client client("localhost", 9000);
    std::vector<Answer> answers;
    if (client.Get("/empty")) return;
    response.status = 500;
  });
  server.Get("/grows", [](const httplib::Request&, httplib::Response& response) {
    httplib::Client client("localhost", 9000);
    std::vector<Log> logs;
    logs.emplace_back();
    if (client.Get("/grows")) return;
    logs.emplace_back();
    response.status = 500;
  });
  server.Get("/counted", [](const httplib::Request&, httplib::Response& response) {
    httplib::Client client("localhost", 9000);
    std::vector<Log> logs(2);
    if (client.Get("/counted")) return;
    response.status = 500;
  });
  server.Get("/optional", [](const httplib::Request&, httplib::Response& response) {
    httplib::Client client("localhost", 9000);
    std::optional<Answer> answer;
    answer.emplace(response, 501);
    if (client.Get("/optional")) return;
    response.status = 500;
  });
  server.Get("/optional_reset", [](const httplib::Request&, httplib::Response& response) {
    httplib::Client client("localhost", 9000);
    std::optional<Answer> answer;
    answer.emplace(response, 501);
    if (client.Get("/optional_reset")) return;
    answer.reset();
    if (response.status == 501) response.status = 502;
  });
  server.Get("/optional_none", [](const httplib::Request&, httplib::Response& response) {
    httplib::Client client("localhost", 9000);
    std::optional<Answer> answer;
    if (client.Get("/optional_none")) return;
    response.status = 500;
  });
  server.Get("/optional_in_place", [](const httplib::Request&, httplib::Response& response) {
    httplib::Client client("localhost", 9000);
    std::optional<Answer> answer(std::in_place, response, 501);
    if (client.Get("/optional_in_place")) return;
    answer = std::nullopt;
    if (response.status == 501) response.status = 502;
  });
  server.Get("/array", [](const httplib::Request&, httplib::Response& response) {
    httplib::Client client("localhost", 9000);
    std::array<std::unique_ptr<Answer>, 2> answers{std::make_unique<Answer>(response, 501),
                                                   std::make_unique<Answer>(response, 502)};
    if (client.Get("/array")) return;
    response.status = 500;
  });
  server.Get("/pair", [](const httplib::Request&, httplib::Response& response) {
    httplib::Client client("localhost", 9000);
    const auto pair = std::make_pair(1, std::make_unique<Answer>(response, 501));
    if (client.Get("/pair")) return;
    response.status = 500;
  });
  server.Get("/tuple", [](const httplib::Request&, httplib::Response& response) {
    httplib::Client client("localhost", 9000);
    const auto tuple = std::make_tuple(std::make_unique<Answer>(response, 501),
                                       std::make_unique<Answer>(response, 502));
    if (client.Get("/tuple")) return;
    response.status = 500;
  });
  server.Get("/variant", [](const httplib::Request&, httplib::Response& response) {
    httplib::Client client("localhost", 9000);
    std::variant<int, std::unique_ptr<Answer>> either = std::make_unique<Answer>(response, 501);
    if (client.Get("/variant")) return;
    response.status = 500;
  });
  server.Get("/variant_assigned", [](const httplib::Request&, httplib::Response& response) {
    httplib::Client client("localhost", 9000);
    std::variant<int, std::unique_ptr<Answer>> either = std::make_unique<Answer>(response, 501);
    if (client.Get("/variant_assigned")) return;
    either = 1;
    if (response.status == 501) response.status = 502;
  });
  server.listen("0.0.0.0", 8000);
}
