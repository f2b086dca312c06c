#include "runtime/http_pipeline.h"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <thread>
#include <vector>

#include "tests/support/fake_control_server.h"

namespace filibuster {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

class HttpPipelineTest : public testing::Test {
 protected:
  std::optional<HttpAnswer> Get() {
    return pipeline_.Exchange("GET", "/health-check", "", &failure_);
  }
  bool Post() { return pipeline_.Post("POST", "/filibuster/update", "{}"); }

  size_t Asked() const {
    const auto messages = server_.messages();
    return static_cast<size_t>(
        std::count_if(messages.begin(), messages.end(),
                      [](const auto& message) { return message.path == "/health-check"; }));
  }

  // Threads that wait for answers, which the server does not give. All but one leave it to that one
  // to write their requests; a Post() does.
  std::vector<std::thread> WaitOnThreads(size_t count, std::vector<HttpFailure>& failures) {
    server_.AnswerWith("");
    failures.resize(count);
    const size_t before = Asked();
    std::vector<std::thread> threads;
    for (size_t i = 0; i < count; ++i) {
      threads.emplace_back([this, failure = &failures[i]] {
        EXPECT_FALSE(pipeline_.Exchange("GET", "/health-check", "", failure));
      });
    }
    while (Asked() < before + 1) std::this_thread::yield();
    while (Asked() < before + count) EXPECT_TRUE(Post());
    return threads;
  }

  FakeControlServer server_;
  HttpPipeline pipeline_{HttpAddress{"127.0.0.1", server_.port()}, "", seconds(60)};
  HttpFailure failure_;
};

TEST_F(HttpPipelineTest, PostsWithoutWaitingForTheAnswer) {
  EXPECT_FALSE(Post());  // there is no connection yet
  ASSERT_TRUE(Get()) << failure_.reason;
  EXPECT_TRUE(Post());
  EXPECT_TRUE(Post());
  EXPECT_EQ(server_.messages().size(), 3u);
  ASSERT_TRUE(Get()) << failure_.reason;
  EXPECT_EQ(server_.messages().size(), 4u);
  EXPECT_EQ(server_.accepted(), 1);
  server_.Stop();
  EXPECT_FALSE(Post());
}

TEST_F(HttpPipelineTest, ConnectsAgainAfterTheServerWasRestarted) {
  ASSERT_TRUE(Get()) << failure_.reason;
  server_.Stop();
  EXPECT_FALSE(Get());
  EXPECT_EQ(failure_.reason, "Connection refused");
  EXPECT_FALSE(failure_.timed_out);
  server_.Start();
  EXPECT_TRUE(Get()) << failure_.reason;
}

TEST_F(HttpPipelineTest, WaitsNoLongerThanItsPatienceAndThenNotAtAll) {
  HttpPipeline pipeline(HttpAddress{"127.0.0.1", server_.port()}, "", milliseconds(50));
  server_.AnswerWith("");
  const auto begin = HttpPipeline::Clock::now();
  EXPECT_FALSE(pipeline.Exchange("GET", "/health-check", "", &failure_));
  EXPECT_TRUE(failure_.timed_out);
  EXPECT_EQ(failure_.reason, "no answer in time");
  EXPECT_GE(HttpPipeline::Clock::now() - begin, milliseconds(50));
  EXPECT_LT(HttpPipeline::Clock::now() - begin, seconds(20));
}

TEST_F(HttpPipelineTest, NamesAnAnswerThatIsNotHttp) {
  server_.AnswerWith("what?\r\n\r\n");
  EXPECT_FALSE(Get());
  EXPECT_EQ(failure_.reason, "the answer is not HTTP/1.1");
  server_.AnswerProperly();
  ASSERT_TRUE(Get()) << failure_.reason;
  server_.AnswerWith("what?\r\n\r\n");
  EXPECT_FALSE(Get());
  EXPECT_EQ(failure_.reason, "the answer is not HTTP/1.1");
}

TEST_F(HttpPipelineTest, ConnectsAnewWhenTheServerKeepsNoConnection) {
  server_.AnswerWith("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n");
  EXPECT_TRUE(Get()) << failure_.reason;
  EXPECT_FALSE(Post());
  EXPECT_TRUE(Get()) << failure_.reason;
  EXPECT_EQ(server_.accepted(), 2);
}

TEST_F(HttpPipelineTest, SendsNothingBehindTheLastRequestThatTheServerTakes) {
  ASSERT_TRUE(Get()) << failure_.reason;
  server_.AnswerWith("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n");
  EXPECT_TRUE(Get()) << failure_.reason;
  EXPECT_FALSE(Post());
  EXPECT_EQ(server_.accepted(), 1);
}

TEST_F(HttpPipelineTest, TakesNoAnswerThatNobodyAskedFor) {
  const std::string head = "HTTP/1.1 200 OK\r\nContent-Length: 4000\r\nPadding: ";
  std::string answer = head + std::string(4096 - 4000 - head.size() - 4, 'x') + "\r\n\r\n";
  answer += std::string(4000, 'y');
  ASSERT_EQ(answer.size(), 4096u);  // as much as is received at once
  const std::string begun = "HTTP/1.1 500 Surplus\r\n";
  const std::string whole = begun + "Content-Length: 0\r\n\r\n";
  for (const std::string& surplus : {whole, begun, whole}) {
    server_.AnswerWith(answer + surplus);
    ASSERT_TRUE(Get()) << failure_.reason;
    server_.AnswerProperly();
    const auto next = Get();
    ASSERT_TRUE(next) << failure_.reason;
    EXPECT_EQ(next->status, 200) << surplus;
  }
  EXPECT_EQ(server_.accepted(), 4);
}

TEST_F(HttpPipelineTest, GivesManyThreadsTheirOwnAnswersOverOneConnection) {
  ASSERT_TRUE(Get()) << failure_.reason;
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([this, i] {
      for (int call = 0; call < 50; ++call) {
        const std::string name = std::to_string(i) + "." + std::to_string(call);
        HttpFailure failure;
        const auto answer = pipeline_.Exchange(
            "PUT", "/filibuster/create", R"({"execution_index": ")" + name + R"("})", &failure);
        ASSERT_TRUE(answer) << failure.reason;
        EXPECT_NE(answer->body.find('"' + name + '"'), std::string::npos) << answer->body;
        EXPECT_TRUE(Post());
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(server_.messages().size(), 801u);
  EXPECT_EQ(server_.accepted(), 1);
}

TEST_F(HttpPipelineTest, AllWhoWaitFailWhenTheServerGoes) {
  ASSERT_TRUE(Get()) << failure_.reason;
  std::vector<HttpFailure> failures;
  std::vector<std::thread> threads = WaitOnThreads(4, failures);
  server_.Stop();
  for (std::thread& thread : threads) thread.join();
  for (const HttpFailure& failure : failures) EXPECT_EQ(failure.reason, "Connection refused");
}

TEST_F(HttpPipelineTest, AllFailWhenOneHasWaitedTooLong) {
  HttpPipeline pipeline(HttpAddress{"127.0.0.1", server_.port()}, "", seconds(2));
  ASSERT_TRUE(pipeline.Exchange("GET", "/health-check", "", &failure_)) << failure_.reason;
  server_.AnswerWith("");
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&pipeline] {
      HttpFailure failure;
      EXPECT_FALSE(pipeline.Exchange("GET", "/health-check", "", &failure));
      EXPECT_TRUE(failure.timed_out) << failure.reason;
    });
  }
  for (std::thread& thread : threads) thread.join();
}

TEST_F(HttpPipelineTest, AChildProcessConnectsForItselfWhileAThreadOfItsParentWaits) {
  ASSERT_TRUE(Get()) << failure_.reason;
  std::vector<HttpFailure> failures;
  std::vector<std::thread> threads = WaitOnThreads(2, failures);
  server_.AnswerProperly();
  pipeline_.BeforeFork();
  const pid_t child = ::fork();
  pipeline_.AfterFork();
  if (child == 0) ::_exit(Get() && Post() ? 0 : 1);
  int status = -1;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  EXPECT_EQ(status, 0);
  EXPECT_EQ(server_.accepted(), 2);
  server_.Stop();
  for (std::thread& thread : threads) thread.join();
}

}  // namespace
}  // namespace filibuster
