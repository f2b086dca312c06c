#include "runtime/http_connection.h"

#include <gtest/gtest.h>

namespace filibuster {
namespace {

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
  EXPECT_EQ(parsed.answer.size, bytes.size());
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
  EXPECT_EQ(Parse(bytes).answer.size, bytes.size());
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

TEST(ParseHttpAnswerTest, LeavesTheAnswerThatFollows) {
  const std::string next = "HTTP/1.1 404 Not Found\r\n";
  for (const std::string bytes :
       {"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nab",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n0\r\n\r\n"}) {
    const Parsed parsed = Parse(bytes + next);
    EXPECT_EQ(parsed.state, AnswerState::kComplete);
    EXPECT_EQ(parsed.answer.body, "ab");
    EXPECT_EQ(parsed.answer.size, bytes.size());
  }
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

}  // namespace
}  // namespace filibuster
