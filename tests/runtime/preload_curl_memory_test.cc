// Calls by libcurl when memory runs out, ours or for what is to be kept back, and when a callback
// of the service's throws.
#include <curl/curl.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <new>
#include <stdexcept>
#include <string>

#include "runtime/corrupted_body.h"
#include "tests/runtime/corrupted_bodies.h"
#include "tests/runtime/curl_transfer.h"
#include "tests/runtime/preload_control_server.h"
#include "tests/support/misbehaving_server.h"
#include "tests/support/no_leak_check.h"

namespace {

// Of this thread, by operator new, before one fails; then, and if it is below zero, none does.
thread_local int allocations_left = -1;
// Smaller ones are not counted.
thread_local std::size_t smallest_counted = 0;

}  // namespace

[[gnu::noinline]] void* operator new(std::size_t size) {
  if (size >= smallest_counted && allocations_left >= 0 && allocations_left-- == 0) {
    throw std::bad_alloc();
  }
  void* const memory = std::malloc(size == 0 ? 1 : size);
  if (memory == nullptr) throw std::bad_alloc();
  return memory;
}
// A sanitizer's would not know who frees its memory.
[[gnu::noinline]] void* operator new(std::size_t size, const std::nothrow_t&) noexcept {
  return std::malloc(size == 0 ? 1 : size);
}
[[gnu::noinline]] void operator delete(void* memory) noexcept { std::free(memory); }
[[gnu::noinline]] void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }

namespace filibuster {
namespace {

using Json = FakeControlServer::Json;
using Way = MisbehavingServer::Way;

class PreloadCurlMemoryTest : public testing::TestWithParam<CurlInterface> {
 protected:
  void SetUp() override { control_.Reset(); }

  std::string Url() const { return "http://127.0.0.1:" + std::to_string(server_.port()) + "/"; }
  void Inject(const std::string& fault) {
    control_.OnCreate([json = Json::parse(fault)](const Json&) { return json; });
  }
  Json Outcome() const { return control_.Bodies("invocation_complete").back(); }

  FakeControlServer& control_ = ControlServer();
  MisbehavingServer server_{Way::kAnswer, Ok("done")};
};

INSTANTIATE_TEST_SUITE_P(Interfaces, PreloadCurlMemoryTest,
                         testing::Values(CurlInterface::kEasy, CurlInterface::kMulti),
                         [](const auto& info) {
                           return info.param == CurlInterface::kEasy ? "Easy" : "Multi";
                         });

// The transfer that is made first has ended by then: what begins the second one fails, wherever.
TEST_F(PreloadCurlMemoryTest, ATransferWhoseFailureCannotBeBegunIsToldOfAllTheSame) {
  CURL* const easy = curl_easy_init();
  curl_easy_setopt(easy, CURLOPT_URL, Url().c_str());
  curl_easy_setopt(easy, CURLOPT_PROXY, "");
  std::string body;
  curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, &AppendBody);
  curl_easy_setopt(easy, CURLOPT_WRITEDATA, &body);
  bool one_failed = true;
  for (int allocations = 0; one_failed; ++allocations) {
    Inject(R"({"forced_exception": {"name": "CURLE_GOT_NOTHING", "metadata": {"abort": false}}})");
    CURLM* const multi = curl_multi_init();
    curl_multi_add_handle(multi, easy);
    allocations_left = allocations;
    for (int running = 1; running > 0;) {
      curl_multi_perform(multi, &running);
      if (running > 0) curl_multi_poll(multi, nullptr, 0, 1000, nullptr);
    }
    one_failed = allocations_left < 0;
    allocations_left = -1;
    int left = 0;
    const CURLMsg* const message = curl_multi_info_read(multi, &left);
    ASSERT_NE(message, nullptr) << "never told, without allocation " << allocations;
    EXPECT_EQ(message->data.result, CURLE_GOT_NOTHING);
    EXPECT_EQ(curl_multi_info_read(multi, &left), nullptr);
    curl_multi_remove_handle(multi, easy);
    curl_multi_cleanup(multi);
    control_.Reset();
    EXPECT_EQ(Perform(CurlInterface::kEasy, easy), CURLE_OK);
    EXPECT_EQ(body, "done");
    body.clear();
  }
  curl_easy_cleanup(easy);
}

TEST_P(PreloadCurlMemoryTest, ABodyThatIsTooLongIsPassedOnAsItIs) {
  const std::string longest(kMaxCorruptible, 'x');
  for (const std::string& answer : {longest, longest + "x", longest + longest + "y"}) {
    const bool fits = answer.size() == kMaxCorruptible;
    control_.Reset();
    server_.Restart(Way::kAnswer, Ok(answer));
    Inject(kCorruptedBodies[1].fault());
    const SeenTransfer seen = Transfer(GetParam(), Url());
    EXPECT_EQ(seen.code, curl_easy_strerror(CURLE_OK));
    EXPECT_TRUE(seen.body == (fits ? answer.substr(0, answer.size() / 2) : answer));
    EXPECT_EQ(Outcome()["return_value"].contains("transformation"), fits);
  }
}

TEST_P(PreloadCurlMemoryTest, ABodyThatBreaksOffIsPassedOnAsFarAsItCame) {
  server_.Restart(Way::kAnswerAndClose, "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf");
  const SeenTransfer real = Transfer(GetParam(), Url());
  EXPECT_EQ(real.body, "half");
  Inject(kCorruptedBodies[1].fault());
  EXPECT_EQ(Transfer(GetParam(), Url()), real);
}

// The parts that were kept back come as parts, and each may be asked for again.
TEST_P(PreloadCurlMemoryTest, ACallbackMayPauseWhatWasKeptBack) {
  struct Reader {
    std::string body;
    bool pauses = true;
  } reader;
  const std::string answer(kMaxCorruptible + 1, 'x');
  server_.Restart(Way::kAnswer, Ok(answer));
  Inject(kCorruptedBodies[1].fault());
  const SeenTransfer seen = Transfer(GetParam(), Url(), [&](CURL* easy) {
    const curl_write_callback pause_each = [](char* data, size_t size, size_t count, void* to) {
      auto& self = *static_cast<Reader*>(to);
      self.pauses = !self.pauses;
      if (!self.pauses) return size_t{CURL_WRITEFUNC_PAUSE};
      self.body.append(data, size * count);
      return size * count;
    };
    const curl_xferinfo_callback go_on = [](void* paused, curl_off_t, curl_off_t, curl_off_t,
                                            curl_off_t) {
      curl_easy_pause(static_cast<CURL*>(paused), CURLPAUSE_CONT);
      return 0;
    };
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, pause_each);
    curl_easy_setopt(easy, CURLOPT_WRITEDATA, &reader);
    curl_easy_setopt(easy, CURLOPT_NOPROGRESS, 0L);
    curl_easy_setopt(easy, CURLOPT_XFERINFOFUNCTION, go_on);
    curl_easy_setopt(easy, CURLOPT_XFERINFODATA, easy);
  });
  EXPECT_EQ(seen.code, curl_easy_strerror(CURLE_OK));
  EXPECT_TRUE(reader.body == answer);
}

// The handle after it.
CURL* TransferWhoseCallbackThrows(const std::string& url) {
  CURL* const easy = curl_easy_init();
  curl_easy_setopt(easy, CURLOPT_URL, url.c_str());
  curl_easy_setopt(easy, CURLOPT_PROXY, "");
  const curl_write_callback throws = [](char*, size_t, size_t, void*) -> size_t {
    throw std::runtime_error("the service's own");
  };
  curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, throws);
  EXPECT_THROW(curl_easy_perform(easy), std::runtime_error);
  return easy;
}

TEST_F(PreloadCurlMemoryTest, WhatACallbackThrowsReachesItsCaller) {
  const NoLeakCheck of_libcurls_frames;
  TransferWhoseCallbackThrows(Url());
  EXPECT_EQ(Outcome()["exception"]["name"], "unknown");
}

TEST_F(PreloadCurlMemoryTest, WhatACallbackThrowsOfACorruptedBodyReachesItsCaller) {
  const NoLeakCheck of_libcurls_frames;
  Inject(kCorruptedBodies[1].fault());
  CURL* const easy = TransferWhoseCallbackThrows(Url());
  EXPECT_EQ(control_.Bodies("invocation_complete").size(), 1U);
  EXPECT_EQ(Outcome()["exception"]["name"], "unknown");
  curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, &AppendBody);
  std::string body;
  curl_easy_setopt(easy, CURLOPT_WRITEDATA, &body);
  EXPECT_EQ(curl_easy_perform(easy), CURLE_OK);
  EXPECT_EQ(body, "do");  // the handle is as good as before
  curl_easy_cleanup(easy);
}

// From the end of the head on: while the body is kept back, corrupted, passed on and reported.
TEST_F(PreloadCurlMemoryTest, ABodyForWhichThereIsNoMemoryIsPassedOnOnce) {
  const std::string answer(40000, 'x');  // more than one part
  server_.Restart(Way::kAnswer, Ok(answer));
  smallest_counted = 1000;  // what has to do with the body
  bool one_failed = true;
  for (int allocations = 0; one_failed; ++allocations) {
    control_.Reset();
    Inject(kCorruptedBodies[1].fault());
    CURL* const easy = curl_easy_init();
    curl_easy_setopt(easy, CURLOPT_URL, Url().c_str());
    curl_easy_setopt(easy, CURLOPT_PROXY, "");
    const curl_write_callback runs_out = [](char* line, size_t, size_t size, void* left) {
      if (size == 2 && *line == '\r') allocations_left = *static_cast<int*>(left);
      return size;
    };
    curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, runs_out);
    curl_easy_setopt(easy, CURLOPT_HEADERDATA, &allocations);
    std::string body;
    body.reserve(answer.size());
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, &AppendBody);
    curl_easy_setopt(easy, CURLOPT_WRITEDATA, &body);
    const CURLcode code = curl_easy_perform(easy);
    one_failed = allocations_left < 0;
    allocations_left = -1;
    EXPECT_EQ(code, CURLE_OK) << "without allocation " << allocations;
    EXPECT_TRUE(body.size() == answer.size() || body.size() == answer.size() / 2)
        << body.size() << " without allocation " << allocations;
    EXPECT_TRUE(allocations > 0 || body == answer);  // what was not kept back is not corrupted
    curl_easy_cleanup(easy);
  }
  smallest_counted = 0;
}

// Wherever it runs out: the caller sees the fault, or what it would see without us.
TEST_P(PreloadCurlMemoryTest, ACallForWhichThereIsNoMemoryFailsAsPlannedOrAsWithoutUs) {
  struct Case {
    std::string fault;
    CURLcode code;
    std::string body;
  };
  const std::string named = R"({"forced_exception": {"name": "CURLE_GOT_NOTHING", "metadata": )";
  const Case cases[] = {
      {"{}", CURLE_OK, "done"},
      {named + R"({"cause": "c"}}})", CURLE_GOT_NOTHING, ""},
      {named + R"({"abort": false}}})", CURLE_GOT_NOTHING, ""},
      {R"({"failure_metadata": {"return_value": {"status_code": "503"}}})", CURLE_OK, ""},
      {kCorruptedBodies[1].fault(), CURLE_OK, "do"},
  };
  std::string body;
  body.reserve(10);
  CURL* const easy = curl_easy_init();
  curl_easy_setopt(easy, CURLOPT_URL, Url().c_str());
  curl_easy_setopt(easy, CURLOPT_PROXY, "");
  curl_easy_setopt(easy, CURLOPT_TIMEOUT, 60L);  // is told, as metadata
  curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, &AppendBody);
  curl_easy_setopt(easy, CURLOPT_WRITEDATA, &body);
  for (const Case& it : cases) {
    bool one_failed = true;
    bool was_planned = false;
    for (int allocations = 0; one_failed; ++allocations) {
      control_.Reset();
      Inject(it.fault);
      body.clear();
      allocations_left = allocations;
      const CURLcode code = Perform(GetParam(), easy);
      one_failed = allocations_left < 0;
      allocations_left = -1;
      was_planned = code == it.code && body == it.body;
      EXPECT_TRUE(was_planned || (code == CURLE_OK && body == "done"))
          << code << " '" << body << "' without allocation " << allocations;
    }
    EXPECT_TRUE(was_planned);  // with all of them
  }
  curl_easy_cleanup(easy);
}

}  // namespace
}  // namespace filibuster
