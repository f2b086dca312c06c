#include "runtime/http_connection.h"

#include <gtest/gtest.h>

#include "tests/support/fake_control_server.h"

namespace filibuster {
namespace {

using Clock = HttpConnection::Clock;

TEST(ParseHttpUrlTest, TakesAHostAndAPort) {
  EXPECT_EQ(ParseHttpUrl("http://127.0.0.1:5005"), (HttpAddress{"127.0.0.1", 5005}));
  EXPECT_EQ(ParseHttpUrl("http://control/"), (HttpAddress{"control", 80}));
  EXPECT_EQ(ParseHttpUrl("http://[::1]:5005/"), (HttpAddress{"::1", 5005}));
}

TEST(ParseHttpUrlTest, TakesNothingElse) {
  for (const char* url :
       {"", "127.0.0.1:5005", "https://a:1", "http://", "http:///", "http://:1",
        "http://a:", "http://a:0", "http://a:65536", "http://a:5x", "http://a/b", "http://a:1/b",
        "http://u@a:1", "http://[::1", "http://[]:1", "http://[::1]5005", "http//a:1"}) {
    EXPECT_FALSE(ParseHttpUrl(url)) << url;
  }
}

struct Parsed {
  AnswerState state;
  HttpAnswer answer;
};

Parsed Parse(std::string_view bytes, bool at_end = false) {
  Parsed parsed{};
  parsed.state = ParseHttpAnswer(bytes, at_end, &parsed.answer);
  return parsed;
}

TEST(ParseHttpAnswerTest, ReadsABodyByItsLength) {
  const std::string bytes = "HTTP/1.1 400 Bad Request\r\ncontent-length: 2\r\n\r\nab";
  const Parsed parsed = Parse(bytes);
  EXPECT_EQ(parsed.state, AnswerState::kComplete);
  EXPECT_EQ(parsed.answer.status, 400);
  EXPECT_EQ(parsed.answer.body, "ab");
  EXPECT_TRUE(parsed.answer.keep_alive);
  for (size_t size = 0; size < bytes.size(); ++size) {
    EXPECT_EQ(Parse(bytes.substr(0, size)).state, AnswerState::kIncomplete) << size;
    EXPECT_EQ(Parse(bytes.substr(0, size), true).state, AnswerState::kMalformed) << size;
  }
}

TEST(ParseHttpAnswerTest, ReadsABodyInChunks) {
  const std::string bytes =
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
      "3;x=y\r\nabc\r\n1\r\nd\r\n0\r\nTrailer: 1\r\n\r\n";
  EXPECT_EQ(Parse(bytes).state, AnswerState::kComplete);
  EXPECT_EQ(Parse(bytes).answer.body, "abcd");
  for (size_t size = 0; size < bytes.size(); ++size) {
    EXPECT_EQ(Parse(bytes.substr(0, size)).state, AnswerState::kIncomplete) << size;
  }
}

TEST(ParseHttpAnswerTest, ReadsABodyUpToTheEndOfTheConnection) {
  const std::string bytes = "HTTP/1.0 200 OK\r\n\r\nabc";
  EXPECT_EQ(Parse(bytes).state, AnswerState::kIncomplete);
  EXPECT_EQ(Parse(bytes, true).state, AnswerState::kComplete);
  EXPECT_EQ(Parse(bytes, true).answer.body, "abc");
  EXPECT_FALSE(Parse(bytes, true).answer.keep_alive);
}

TEST(ParseHttpAnswerTest, KeepsTheConnectionUnlessToldOtherwise) {
  const auto kept = [](const std::string& version, const std::string& header) {
    return Parse(version + " 200 OK\r\nContent-Length: 0\r\n" + header + "\r\n").answer.keep_alive;
  };
  EXPECT_TRUE(kept("HTTP/1.1", ""));
  EXPECT_FALSE(kept("HTTP/1.1", "Connection: Close\r\n"));
  EXPECT_FALSE(kept("HTTP/1.0", ""));
  EXPECT_TRUE(kept("HTTP/1.0", "connection: keep-alive\r\n"));
}

TEST(ParseHttpAnswerTest, RefusesWhatIsNotHttp) {
  for (const char* bytes : {"hello\r\n\r\n", "HTTP/2 200\r\n\r\n", "HTTP/1.1\r\n\r\n",
                            "HTTP/1.1 abc\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n",
                            "HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n",
                            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nx\r\n",
                            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nabc\r\n"}) {
    EXPECT_EQ(Parse(bytes).state, AnswerState::kMalformed) << bytes;
  }
}

class HttpConnectionTest : public testing::Test {
 protected:
  static Clock::time_point Later() { return Clock::now() + std::chrono::seconds(30); }
  std::optional<HttpAnswer> Get(std::chrono::milliseconds patience = std::chrono::seconds(30)) {
    return connection_.Exchange("GET", "/health-check", "", Clock::now() + patience, &failure_);
  }

  FakeControlServer server_;
  HttpConnection connection_{HttpAddress{"127.0.0.1", server_.port()}};
  HttpConnection::Failure failure_;
};

TEST_F(HttpConnectionTest, PostsWithoutWaitingForTheAnswer) {
  const auto post = [&] { return connection_.Post("POST", "/filibuster/update", "{}", Later()); };
  EXPECT_FALSE(post());  // there is no connection yet
  ASSERT_TRUE(Get()) << failure_.reason;
  EXPECT_TRUE(post());
  EXPECT_TRUE(post());
  EXPECT_EQ(server_.messages().size(), 3u);
  ASSERT_TRUE(Get()) << failure_.reason;
  EXPECT_EQ(server_.messages().size(), 4u);
  EXPECT_EQ(server_.accepted(), 1);
  server_.Stop();
  EXPECT_FALSE(post());
}

TEST_F(HttpConnectionTest, ConnectsAgainAfterTheServerWasRestarted) {
  ASSERT_TRUE(Get()) << failure_.reason;
  server_.Stop();
  EXPECT_FALSE(Get());
  EXPECT_EQ(failure_.reason, "Connection refused");
  EXPECT_FALSE(failure_.timed_out);
  server_.Start();
  EXPECT_TRUE(Get()) << failure_.reason;
}

TEST_F(HttpConnectionTest, WaitsNoLongerThanItsDeadline) {
  server_.AnswerWith("");
  const auto begin = Clock::now();
  EXPECT_FALSE(Get(std::chrono::milliseconds(50)));
  EXPECT_TRUE(failure_.timed_out);
  EXPECT_GE(Clock::now() - begin, std::chrono::milliseconds(50));
  EXPECT_LT(Clock::now() - begin, std::chrono::seconds(20));
  server_.AnswerProperly();
  EXPECT_TRUE(Get()) << failure_.reason;
}

TEST_F(HttpConnectionTest, NamesAnAnswerThatIsNotHttp) {
  server_.AnswerWith("what?\r\n\r\n");
  EXPECT_FALSE(Get());
  EXPECT_EQ(failure_.reason, "the answer is not HTTP/1.1");
}

TEST_F(HttpConnectionTest, ConnectsAnewWhenTheServerKeepsNoConnection) {
  server_.AnswerWith("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n");
  EXPECT_TRUE(Get()) << failure_.reason;
  EXPECT_TRUE(Get()) << failure_.reason;
  EXPECT_EQ(server_.accepted(), 2);
}

TEST_F(HttpConnectionTest, KeepsItsConnection) {
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(Get()) << failure_.reason;
  EXPECT_EQ(server_.accepted(), 1);
}

TEST_F(HttpConnectionTest, TakesNoAnswerThatNobodyAskedFor) {
  const std::string head = "HTTP/1.1 200 OK\r\nContent-Length: 4000\r\nPadding: ";
  std::string answer = head + std::string(4096 - 4000 - head.size() - 4, 'x') + "\r\n\r\n";
  answer += std::string(4000, 'y');
  ASSERT_EQ(answer.size(), 4096u);  // as much as is received at once
  server_.AnswerWith(answer + "HTTP/1.1 500 Surplus\r\nContent-Length: 0\r\n\r\n");
  ASSERT_TRUE(Get()) << failure_.reason;
  server_.AnswerProperly();
  const auto next = Get();
  ASSERT_TRUE(next) << failure_.reason;
  EXPECT_EQ(next->status, 200);
}

}  // namespace
}  // namespace filibuster
