// Calls that fail for real beside those that are made to fail: all that a caller can see of both,
// through the result, the request's headers, and whatever httplib calls.
#include <gtest/gtest.h>

#include <chrono>
#include <functional>

#include "tests/runtime/httplib_test_service.h"
#include "tests/support/misbehaving_server.h"

namespace filibuster {
namespace {

using Json = FakeControlServer::Json;
using Way = MisbehavingServer::Way;
using httplib::Headers;

// What is seen of one call.
class Witness {
 public:
  httplib::Client Client(int port, bool keeps_alive) {
    httplib::Client client("127.0.0.1", port);
    client.set_read_timeout(std::chrono::milliseconds(300));
    client.set_keep_alive(keeps_alive);
    client.set_socket_options([&](socket_t) { seen_ += "socket options\n"; });
    client.set_logger([&](const httplib::Request& request, const httplib::Response& response) {
      seen_ += "logged " + request.method + " " + request.path + " " + request.body +
               TextOf(request.headers) + TextOf(response) + "\n";
    });
    return client;
  }

  httplib::ResponseHandler Handler(bool goes_on = true) {
    return [=](const httplib::Response& response) {
      seen_ += "handled " + TextOf(response) + "\n";
      return goes_on;
    };
  }
  httplib::ContentReceiver Receiver() {
    return [&](const char* data, size_t size) {
      seen_ += "received " + std::string(data, size) + "\n";
      return true;
    };
  }
  httplib::Progress Progress() {
    return [&](uint64_t done, uint64_t all) {
      seen_ += "progress " + std::to_string(done) + " of " + std::to_string(all) + "\n";
      return true;
    };
  }
  httplib::ContentProvider Provider(bool goes_on = true) {
    return [=](size_t offset, size_t length, httplib::DataSink& sink) {
      seen_ += "asked for " + std::to_string(length) + " at " + std::to_string(offset) + "\n";
      return goes_on && sink.write("ab", 2);
    };
  }
  httplib::ContentProviderWithoutLength Chunks() {
    return [&](size_t offset, httplib::DataSink& sink) {
      seen_ += "asked at " + std::to_string(offset) + "\n";
      if (offset == 0) return sink.write("ab", 2);
      sink.done();
      return true;
    };
  }

  std::string SeenWith(const httplib::Result& result) {
    seen_ += httplib::to_string(result.error());
    if (result) seen_ += TextOf(*result);
    for (const char* name : {"Accept", "Authorization", "Connection", "Content-Length",
                             "Content-Type", "Host", "Own", "Transfer-Encoding", "User-Agent"}) {
      const size_t count = result.get_request_header_value_count(name);
      for (size_t i = 0; i < count; ++i) {
        seen_ += std::string("\nsent ") + name + ": " + result.get_request_header_value(name, i);
      }
    }
    return seen_ + (result.has_request_header("X-Filibuster-VClock") ? "\nours" : "\nnone of ours");
  }
  std::string SeenWith(const httplib::Request& request, const httplib::Response& response,
                       httplib::Error error, bool is_answered) {
    return seen_ + httplib::to_string(error) + (is_answered ? TextOf(response) : "") +
           TextOf(request.headers);
  }

 private:
  static std::string TextOf(const Headers& headers) {
    std::string text;
    for (const auto& [name, value] : headers) {
      const bool is_ours = name.rfind("X-Filibuster-", 0) == 0;  // tells calls apart
      text += "\n  " + name + (is_ours ? "" : ": " + value);
    }
    return text;
  }
  static std::string TextOf(const httplib::Response& response) {
    return " " + response.version + " " + std::to_string(response.status) + " " + response.reason +
           TextOf(response.headers) + " '" + response.body + "'";
  }

  std::string seen_;
};

struct Failure {
  const char* name;
  Way way;
  std::string answer;
  const char* fault;
};

const Failure kFailures[] = {
    {"NobodyListens", Way::kDoNotListen, "",
     R"({"forced_exception": {"name": "httplib::Error::Connection"}})"},
    {"Silence", Way::kStaySilent, "", R"({"forced_exception": {"name": "httplib::Error::Read"}})"},
    {"Close", Way::kClose, "", R"({"forced_exception": {"name": "httplib::Error::Read"}})"},
    {"Unavailable", Way::kAnswer, "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n",
     R"({"failure_metadata": {"return_value": {"status_code": "503"}}})"},
    {"Redirection", Way::kAnswer, "HTTP/1.1 301 Moved Permanently\r\nContent-Length: 0\r\n\r\n",
     R"({"failure_metadata": {"return_value": {"status_code": "301"}}})"},
};

class HttplibRealFailureTest : public testing::TestWithParam<Failure> {
 protected:
  using Call = std::function<std::string(Witness&, httplib::Client&)>;

  void SetUp() override { control_.Reset(); }

  void ExpectInjectedAsReal(const Call& call, bool keeps_alive = false) {
    const Failure& failure = GetParam();
    const auto seen = [&] {
      Witness witness;
      auto client = witness.Client(server_.port(), keeps_alive);
      return call(witness, client);
    };
    control_.Reset();
    server_.Restart(failure.way, failure.answer);
    const std::string real = seen();
    const Json real_outcome = control_.Bodies("invocation_complete").back();
    server_.Restart(Way::kAnswer, Ok("well"));
    control_.OnCreate([&](const Json&) { return Json::parse(failure.fault); });
    EXPECT_EQ(seen(), real);
    EXPECT_TRUE(server_.requests().empty()) << "the callee was called";
    const Json outcome = control_.Bodies("invocation_complete").back();
    EXPECT_EQ(outcome.value("return_value", Json()), real_outcome.value("return_value", Json()));
    EXPECT_EQ(outcome.value("exception", Json()), real_outcome.value("exception", Json()));
  }

  FakeControlServer& control_ = ControlServer();
  MisbehavingServer server_{Way::kAnswer, Ok("well")};
};

INSTANTIATE_TEST_SUITE_P(Failures, HttplibRealFailureTest, testing::ValuesIn(kFailures),
                         [](const auto& info) { return info.param.name; });

TEST_P(HttplibRealFailureTest, ARequestWithoutABodyLooksTheSame) {
  const Headers own = {{"Own", "1"}};
  ExpectInjectedAsReal(
      [](auto& witness, auto& client) { return witness.SeenWith(client.Get("/a b?c=d")); });
  ExpectInjectedAsReal(
      [&](auto& witness, auto& client) {
        client.set_default_headers({{"Accept", "text/html"}, {"Own", "2"}, {"Other", "3"}});
        client.set_basic_auth("user", "secret");
        return witness.SeenWith(client.Get("/", own, witness.Progress()));
      },
      true);
  ExpectInjectedAsReal([](auto& witness, auto& client) {
    client.set_bearer_token_auth("token");
    return witness.SeenWith(client.Delete("/"));
  });
  ExpectInjectedAsReal(
      [](auto& witness, auto& client) { return witness.SeenWith(client.Options("/")); });
  ExpectInjectedAsReal(
      [&](auto& witness, auto& client) { return witness.SeenWith(client.Head("/", own)); });
  ExpectInjectedAsReal([](auto& witness, auto& client) {
    client.set_follow_location(true);
    return witness.SeenWith(client.Get("/", witness.Handler(), witness.Receiver()));
  });
}

TEST_P(HttplibRealFailureTest, ARequestWithABodyLooksTheSame) {
  ExpectInjectedAsReal([](auto& witness, auto& client) {
    return witness.SeenWith(client.Post("/", "body", "text/plain"));
  });
  ExpectInjectedAsReal(
      [](auto& witness, auto& client) { return witness.SeenWith(client.Post("/")); });
  ExpectInjectedAsReal([](auto& witness, auto& client) {
    return witness.SeenWith(client.Put("/", httplib::Params{{"p", "q"}}));
  });
  ExpectInjectedAsReal(
      [](auto& witness, auto& client) {
        return witness.SeenWith(client.Patch("/", {{"Own", "1"}}, "body", "text/plain"));
      },
      true);
  ExpectInjectedAsReal([](auto& witness, auto& client) {
    const httplib::MultipartFormDataItems items = {{"f", "content", "", ""}};
    return witness.SeenWith(client.Post("/", Headers(), items, "boundary"));
  });
}

TEST_P(HttplibRealFailureTest, AContentProviderIsAskedTheSame) {
  ExpectInjectedAsReal([](auto& witness, auto& client) {
    return witness.SeenWith(client.Post("/", 6, witness.Provider(), "text/plain"));
  });
  ExpectInjectedAsReal([](auto& witness, auto& client) {
    return witness.SeenWith(client.Put("/", 6, witness.Provider(false), "text/plain"));
  });
  ExpectInjectedAsReal([](auto& witness, auto& client) {
    return witness.SeenWith(client.Patch("/", witness.Chunks(), "text/plain"));
  });
}

TEST_P(HttplibRealFailureTest, AReceiverAndAHandlerSeeTheSame) {
  for (const bool goes_on : {true, false}) {
    ExpectInjectedAsReal([=](auto& witness, auto& client) {
      return witness.SeenWith(client.Get("/", Headers{{"Own", "1"}}, witness.Handler(goes_on),
                                         witness.Receiver(), witness.Progress()));
    });
  }
}

TEST_P(HttplibRealFailureTest, ARequestThatIsSentByReferenceLooksTheSame) {
  ExpectInjectedAsReal([](auto& witness, auto& client) {
    httplib::Request request;
    request.method = "PUT";
    request.path = "/";
    request.body = "body";
    httplib::Response response;
    auto error = httplib::Error::Success;
    const bool is_answered = client.send(request, response, error);
    return witness.SeenWith(request, response, error, is_answered);
  });
  ExpectInjectedAsReal([](auto& witness, auto& client) {
    httplib::Request request;
    request.method = "GET";
    request.path = "/";
    return witness.SeenWith(client.send(request));
  });
}

TEST(HttplibFailureOrderTest, WithoutAbortAProviderIsAskedByTheCallAndByItsFailure) {
  FakeControlServer& control = ControlServer();
  control.Reset();
  MisbehavingServer server(Way::kAnswer, Ok("well"));
  control.OnCreate([](const Json&) {
    return Json::parse(R"({"forced_exception": {"name": "httplib::Error::Read",
                                                "metadata": {"abort": false}}})");
  });
  int asked = 0;
  httplib::Client client("127.0.0.1", server.port());
  const auto result = client.Post(
      "/", Headers{{"Own", "1"}}, 4,
      [&](size_t, size_t, httplib::DataSink& sink) {
        ++asked;
        return sink.write("body", 4);
      },
      "text/plain");
  EXPECT_EQ(result.error(), httplib::Error::Read);
  EXPECT_EQ(asked, 2);
  EXPECT_TRUE(result.has_request_header("X-Filibuster-Forced-Sleep"));
  ASSERT_EQ(server.requests().size(), 1U);
  EXPECT_NE(server.requests()[0].find("X-Filibuster-Forced-Sleep"), std::string::npos);
}

}  // namespace
}  // namespace filibuster
