#include <gtest/gtest.h>

#include <set>
#include <stdexcept>
#include <vector>

#include "tests/runtime/httplib_test_service.h"
#include "tests/support/reserved_port.h"

namespace filibuster {
namespace {

using Json = FakeControlServer::Json;
using httplib::Headers;

class HttplibClientTest : public testing::Test {
 protected:
  void SetUp() override {
    control_.Reset();
    const auto echo = [](const httplib::Request& request, httplib::Response& response) {
      Json json = {{"method", request.method}, {"body", request.body}};
      for (const auto& [name, value] : request.headers) json["headers"][name].push_back(value);
      for (const auto& [name, value] : request.params) json["params"][name] = value;
      for (const auto& [name, file] : request.files) json["files"][name] = file.content;
      response.set_content(json.dump(), "application/json");
      response.set_header("Method", request.method);
    };
    server_.server.Get("/echo", echo)
        .Post("/echo", echo)
        .Put("/echo", echo)
        .Patch("/echo", echo)
        .Delete("/echo", echo)
        .Options("/echo", echo);
    server_.server.Get("/503", [](const auto&, auto& response) { response.status = 503; });
    port_ = server_.Start();
  }

  httplib::Client Client() const { return httplib::Client("127.0.0.1", port_); }

  Json Create() const { return control_.Bodies("invocation").at(0); }
  Json Complete() const { return control_.Bodies("invocation_complete").at(0); }

  void Inject(const char* fault) {
    control_.OnCreate([json = Json::parse(fault)](const Json&) { return json; });
  }

  // The call came to the server as the one that was announced, and `name` has the value, once.
  void ExpectHeader(const httplib::Result& result, const std::string& name,
                    const std::string& value) const {
    ASSERT_TRUE(result) << httplib::to_string(result.error());
    const Json headers = Json::parse(result->body)["headers"];
    EXPECT_EQ(headers.value(name, Json::array()), Json::array({value}));
    EXPECT_EQ(headers.value("X-Filibuster-Execution-Index", Json::array()),
              Json::array({control_.Bodies("invocation").back()["execution_index"]}));
  }

  FakeControlServer& control_ = ControlServer();
  TestServer server_;
  int port_ = 0;
};

TEST_F(HttplibClientTest, ACallIsAnnouncedWithItsCallSiteAndReportedWithItsStatus) {
  auto client = Client();
  const int line = __LINE__ + 1;
  const auto result = client.Get("/503");
  ASSERT_TRUE(result);
  EXPECT_EQ(Create()["module"], "httplib");
  EXPECT_EQ(Create()["method"], "Get");
  EXPECT_EQ(Create()["args"], Json::array({std::to_string(port_) + "/503"}));
  EXPECT_EQ(Create()["callsite_file"], "runtime/httplib_client_test.cc");
  EXPECT_EQ(Create()["callsite_line"], std::to_string(line));
  EXPECT_FALSE(Create()["metadata"].contains("timeout"));
  EXPECT_EQ(Complete()["return_value"]["status_code"], "503");
}

TEST_F(HttplibClientTest, TheCallSiteIsTheLineOfThePathHoweverItIsWritten) {
  auto client = Client();
  const std::string path = "/echo";
  struct Route {
    operator std::string() const { return "/echo"; }
  };
  const int line = __LINE__;
  client.Get("/echo");
  client.Get(path);
  client.Get(path + "?x=1");
  client.Get(path.c_str());
  client.Get(Route());
  client.Get("/echo", Headers());
  client.Get("/echo", {{"A", "b"}});
  const auto creates = control_.Bodies("invocation");
  ASSERT_EQ(creates.size(), 7u);
  for (int i = 0; i < 7; ++i) {
    EXPECT_EQ(creates[i]["callsite_line"], std::to_string(line + 1 + i));
  }
}

TEST_F(HttplibClientTest, EveryFormOfARequestCarriesOurHeadersBesideItsOwn) {
  auto client = Client();
  const Headers headers = {{"Own", "1"}};
  Headers changeable = headers;
  const httplib::Params params = {{"p", "q"}};
  const httplib::MultipartFormDataItems items = {{"f", "content", "", ""}};
  const httplib::Progress progress = [](uint64_t, uint64_t) { return true; };
  const auto provide = [](size_t, size_t, httplib::DataSink& sink) {
    return sink.write("body", 4);
  };
  const auto provide_chunks = [](size_t, httplib::DataSink& sink) {
    sink.write("body", 4);
    sink.done();
    return true;
  };
  const auto expect = [&](const httplib::Result& result, const std::string& body = "") {
    ExpectHeader(result, "Own", "1");
    EXPECT_EQ(Json::parse(result ? result->body : "{}").value("body", "none"), body);
  };

  expect(client.Get("/echo", headers));
  expect(client.Get("/echo", changeable));
  expect(client.Get("/echo", Headers{{"Own", "1"}}));
  expect(client.Get("/echo", {{"Own", "1"}}));
  expect(client.Get("/echo", {{"Own", "1"}}, progress));
  expect(client.Get("/echo", params, headers));
  expect(client.Get("/echo", params, changeable));
  expect(client.Get("/echo", {{"p", "q"}}, {{"Own", "1"}}));
  expect(client.Get("/echo", params, {{"Own", "1"}}, progress));

  expect(client.Post("/echo", headers));
  expect(client.Post("/echo", headers, "body", "text/plain"), "body");
  expect(client.Post("/echo", {{"Own", "1"}}, "body", "text/plain"), "body");
  expect(client.Post("/echo", {{"Own", "1"}}, std::string("body"), "text/plain"), "body");
  expect(client.Post("/echo", headers, "body", 4, "text/plain"), "body");
  expect(client.Post("/echo", headers, params), "p=q");
  expect(client.Post("/echo", {{"Own", "1"}}, {{"p", "q"}}), "p=q");
  expect(client.Post("/echo", {{"Own", "1"}}, params), "p=q");
  expect(client.Post("/echo", headers, items));
  expect(client.Post("/echo", {{"Own", "1"}}, items, "boundary"));
  expect(client.Post("/echo", headers, 4, provide, "text/plain"), "body");
  expect(client.Post("/echo", headers, provide_chunks, "text/plain"), "body");

  expect(client.Put("/echo", headers, "body", "text/plain"), "body");
  expect(client.Put("/echo", headers, params), "p=q");
  expect(client.Put("/echo", {{"Own", "1"}}, items));
  expect(client.Put("/echo", {{"Own", "1"}}, 4, provide, "text/plain"), "body");
  expect(client.Patch("/echo", {{"Own", "1"}}, "body", "text/plain"), "body");
  expect(client.Patch("/echo", headers, provide_chunks, "text/plain"), "body");
  expect(client.Delete("/echo", {{"Own", "1"}}));
  expect(client.Delete("/echo", headers, "body", "text/plain"), "body");
  expect(client.Options("/echo", {{"Own", "1"}}));

  httplib::Request request;
  request.method = "GET";
  request.path = "/echo";
  request.headers = headers;
  expect(client.send(request));
  EXPECT_EQ(control_.Bodies("invocation").back()["method"], "Get");
  EXPECT_EQ(control_.Bodies("invocation").size(), control_.Bodies("invocation_complete").size());
  for (const Json& complete : control_.Bodies("invocation_complete")) {
    EXPECT_EQ(complete["return_value"]["status_code"], "200");
  }
}

TEST_F(HttplibClientTest, EveryFormWithoutHeadersGetsOurs) {
  auto client = Client();
  const httplib::Params params = {{"p", "q"}};
  const httplib::MultipartFormDataItems items = {{"f", "content", "", ""}};
  const auto progress = [](uint64_t, uint64_t) { return true; };
  const auto expect = [&](const httplib::Result& result) {
    ExpectHeader(result, "Host", "127.0.0.1:" + std::to_string(port_));
  };
  expect(client.Get("/echo"));
  expect(client.Get("/echo", progress));
  expect(client.Post("/echo"));
  expect(client.Post("/echo", "body", "text/plain"));
  expect(client.Post("/echo", "body", 4, "text/plain"));
  expect(client.Post("/echo", params));
  expect(client.Post("/echo", items));
  expect(client.Put("/echo"));
  expect(client.Put("/echo", "body", "text/plain"));
  expect(client.Put("/echo", params));
  expect(client.Patch("/echo"));
  expect(client.Patch("/echo", std::string("body"), "text/plain"));
  expect(client.Delete("/echo"));
  expect(client.Delete("/echo", "body", "text/plain"));
  expect(client.Options("/echo"));
  EXPECT_EQ(client.Head("/echo")->get_header_value("Method"), "HEAD");
  EXPECT_EQ(client.Head("/echo", {{"Own", "1"}})->status, 200);

  std::string received;
  const auto receive = [&](const char* data, size_t size) {
    received.append(data, size);
    return true;
  };
  ASSERT_TRUE(client.Get("/echo", receive));
  EXPECT_NE(received.find("X-Filibuster-Execution-Index"), std::string::npos);
  received.clear();
  ASSERT_TRUE(client.Get("/echo", Headers{{"Own", "1"}}, receive));
  EXPECT_NE(received.find("X-Filibuster-Execution-Index"), std::string::npos);
  EXPECT_NE(received.find("Own"), std::string::npos);
  EXPECT_EQ(control_.Bodies("invocation_complete").size(), 19u);
}

TEST_F(HttplibClientTest, HeadersThatAServicePassesOnAreReplacedByOurs) {
  const auto result = Client().Get("/echo", {{"X-Filibuster-Execution-Index", "[[\"old\", 1]]"},
                                             {"x-filibuster-generated-id", "77"}});
  ExpectHeader(result, "X-Filibuster-Generated-Id", "0");
}

TEST_F(HttplibClientTest, TheTimeoutThatWasSetIsMetadata) {
  const auto timeout = [&](httplib::Client client) {
    client.Get("/echo");
    return control_.Bodies("invocation").back()["metadata"]["timeout"];
  };
  auto read = Client();
  read.set_read_timeout(10);
  EXPECT_EQ(timeout(std::move(read)).dump(), "10");
  auto milliseconds = Client();
  milliseconds.set_read_timeout(std::chrono::milliseconds(1500));
  EXPECT_EQ(timeout(std::move(milliseconds)).dump(), "1.5");
  auto connection = Client();
  connection.set_connection_timeout(2, 500000);
  EXPECT_EQ(timeout(std::move(connection)).dump(), "2.5");
  auto both = Client();
  both.set_connection_timeout(std::chrono::seconds(3));
  both.set_read_timeout(4);
  EXPECT_EQ(timeout(std::move(both)).dump(), "4");
}

TEST_F(HttplibClientTest, TheTargetIsThePortAndThePath) {
  const auto target = [&](const std::string& url) {
    httplib::Client client(url);
    client.set_connection_timeout(0, 1000);
    client.Get("/a?b=c");
    return control_.Bodies("invocation").back();
  };
  const std::string port = std::to_string(port_);
  EXPECT_EQ(target("http://127.0.0.1:" + port)["args"][0], port + "/a?b=c");
  EXPECT_EQ(target("127.0.0.1:" + port)["args"][0], port + "/a?b=c");
  // Nobody is called: these destinations are reserved for documentation, and fail.
  Inject(R"({"forced_exception": {"name": "httplib::Error::Connection"}})");
  EXPECT_EQ(target("http://[2001:db8::1]:81")["args"][0], "81/a?b=c");
  EXPECT_EQ(target("http://192.0.2.1")["args"][0], "80/a?b=c");
  const Json https = target("https://192.0.2.1");
  EXPECT_EQ(https["args"][0], "443/a?b=c");
  EXPECT_EQ(https["metadata"]["ssl"], true);
  httplib::SSLClient("192.0.2.1", 8443).Get("/a");
  EXPECT_EQ(control_.Bodies("invocation").back()["args"][0], "8443/a");
  EXPECT_EQ(control_.Bodies("invocation").back()["metadata"]["ssl"], true);
}

TEST_F(HttplibClientTest, AnInjectedErrorLooksLikeTheRealOne) {
  const ReservedPort nobody;
  httplib::Client to_nobody("127.0.0.1", nobody.number());
  const auto real = to_nobody.Get("/echo");
  EXPECT_EQ(Complete()["exception"],
            (Json{{"name", "httplib::Error::Connection"}, {"metadata", Json::object()}}));

  control_.Reset();
  Inject(R"({"forced_exception": {"name": "httplib::Error::Connection"}})");
  const auto injected = Client().Get("/echo");
  EXPECT_EQ(injected.error(), real.error());
  EXPECT_EQ(static_cast<bool>(injected), static_cast<bool>(real));
  EXPECT_EQ(Complete()["exception"]["name"], "httplib::Error::Connection");
  EXPECT_TRUE(control_.Bodies("request_received").empty()) << "the callee was called";
}

TEST_F(HttplibClientTest, EveryErrorOfHttplibCanBeInjected) {
  for (int value = 1; httplib::to_string(httplib::Error(value)) != "Invalid"; ++value) {
    const std::string name = "httplib::Error::" + httplib::to_string(httplib::Error(value));
    control_.OnCreate([&](const Json&) { return Json{{"forced_exception", {{"name", name}}}}; });
    EXPECT_EQ(Client().Get("/echo").error(), httplib::Error(value)) << name;
    EXPECT_EQ(control_.Bodies("invocation_complete").back()["exception"]["name"], name);
  }
}

TEST_F(HttplibClientTest, AnInjectedStatusLooksLikeTheRealOne) {
  const auto real = Client().Get("/503");
  control_.Reset();
  Inject(R"({"failure_metadata": {"return_value": {"status_code": "503"}}})");
  const auto injected = Client().Get("/echo");
  ASSERT_TRUE(injected);
  EXPECT_EQ(injected->status, real->status);
  EXPECT_EQ(injected->reason, real->reason);
  EXPECT_EQ(injected->version, real->version);
  EXPECT_EQ(injected->body, real->body);
  EXPECT_EQ(injected->get_header_value("Content-Length"), real->get_header_value("Content-Length"));
  EXPECT_EQ(injected.error(), real.error());
  EXPECT_EQ(Complete()["return_value"]["status_code"], "503");
  EXPECT_TRUE(control_.Bodies("request_received").empty()) << "the callee was called";
}

TEST_F(HttplibClientTest, AnInjectedStatusIsShownToAResponseHandlerAsTheRealOne) {
  const auto get = [&](const char* path, bool goes_on) {
    std::string seen;
    const auto handle = [&](const httplib::Response& response) {
      seen += std::to_string(response.status) + response.reason + response.version + ", ";
      return goes_on;
    };
    const auto receive = [&](const char*, size_t) { return true; };
    auto client = Client();
    seen += httplib::to_string(client.Get(path, Headers(), handle, receive).error()) + ", ";
    httplib::Request request;
    request.method = "GET";
    request.path = path;
    request.response_handler = handle;
    seen += httplib::to_string(client.send(request).error()) + ", ";
    request.method = "HEAD";
    return seen + httplib::to_string(client.send(request).error());
  };
  for (const bool goes_on : {true, false}) {
    control_.Reset();
    const std::string real = get("/503", goes_on);
    EXPECT_NE(real.find(goes_on ? "Success" : "Canceled"), real.npos) << real;
    Inject(R"({"failure_metadata": {"return_value": {"status_code": "503"}}})");
    EXPECT_EQ(get("/echo", goes_on), real);
    if (!goes_on) {
      EXPECT_EQ(control_.Bodies("invocation_complete")[1]["exception"]["name"],
                "httplib::Error::Canceled");
    }
  }
}

TEST_F(HttplibClientTest, WithoutAbortTheCalleeIsCalledAndThenTheCallFails) {
  Inject(R"({"forced_exception": {"name": "httplib::Error::Read",
                                  "metadata": {"abort": false, "sleep": 0.05}}})");
  const auto begin = std::chrono::steady_clock::now();
  EXPECT_EQ(Client().Get("/echo").error(), httplib::Error::Read);
  EXPECT_GE(std::chrono::steady_clock::now() - begin, std::chrono::milliseconds(50));
  EXPECT_EQ(control_.Bodies("request_received").size(), 1u);
  EXPECT_EQ(Complete()["exception"], (Json{{"name", "httplib::Error::Read"},
                                           {"metadata", {{"abort", false}, {"sleep", 0.05}}}}));
}

TEST_F(HttplibClientTest, ACorruptedBodyIsTheAnswersOwnTransformed) {
  EXPECT_FALSE(Json::parse(Client().Get("/echo")->body, nullptr, false).is_discarded());
  control_.Reset();
  Inject(R"({"forced_exception": {"name": "corrupted_body",
             "metadata": {"abort": false, "transformation": "truncated"}}})");
  const auto result = Client().Get("/echo");
  ASSERT_TRUE(result);
  EXPECT_EQ(result->status, 200);
  EXPECT_TRUE(Json::parse(result->body, nullptr, false).is_discarded()) << result->body;
  EXPECT_EQ(result->get_header_value("Content-Length"), std::to_string(result->body.size()));
  EXPECT_EQ(Complete()["return_value"]["transformation"], "truncated");
}

TEST_F(HttplibClientTest, ABodyThatIsReceivedInPartsIsNotCorruptedAndTheLogSaysSo) {
  Inject(R"({"forced_exception": {"name": "corrupted_body",
             "metadata": {"abort": false, "transformation": "empty"}}})");
  testing::internal::CaptureStderr();
  std::string body;
  const auto result = Client().Get("/echo", [&](const char* data, size_t size) {
    body.append(data, size);
    return true;
  });
  EXPECT_NE(testing::internal::GetCapturedStderr().find("no body that could be empty"),
            std::string::npos);
  EXPECT_NE(body, "");
  EXPECT_FALSE(Complete()["return_value"].contains("transformation"));
}

TEST_F(HttplibClientTest, AFaultOfAnotherLibraryIsNotInjected) {
  Inject(R"({"forced_exception": {"name": "requests.exceptions.Timeout"}})");
  testing::internal::CaptureStderr();
  EXPECT_EQ(Client().Get("/echo")->status, 200);
  EXPECT_NE(testing::internal::GetCapturedStderr().find(
                "[FILIBUSTER] [WARNING]: the fault requests.exceptions.Timeout is not injected: "
                "httplib knows no such error\n"),
            std::string::npos);
  EXPECT_EQ(Complete()["return_value"]["status_code"], "200");
}

TEST_F(HttplibClientTest, SendByReferenceFailsAsItsErrorAndStatus) {
  auto client = Client();
  httplib::Request request;
  request.method = "GET";
  request.path = "/echo";
  httplib::Response response;
  httplib::Error error = httplib::Error::Success;
  EXPECT_TRUE(client.send(request, response, error));
  EXPECT_EQ(response.status, 200);
  Inject(R"({"forced_exception": {"name": "httplib::Error::Write"}})");
  EXPECT_FALSE(client.send(request, response, error));
  EXPECT_EQ(error, httplib::Error::Write);
  Inject(R"({"failure_metadata": {"return_value": {"status_code": "500"}}})");
  EXPECT_TRUE(client.send(request, response, error));
  EXPECT_EQ(response.status, 500);
  EXPECT_EQ(error, httplib::Error::Success);
}

TEST_F(HttplibClientTest, AnExceptionOfACallbackPassesThroughAndIsReported) {
  auto client = Client();
  const auto receive = [](const char*, size_t) -> bool { throw std::runtime_error("mine"); };
  EXPECT_THROW(client.Get("/echo", receive), std::runtime_error);
  EXPECT_EQ(Complete()["exception"]["name"], "unknown");
}

TEST_F(HttplibClientTest, OneClientOnManyThreadsKeepsEachCallsOwnHeaders) {
  auto client = Client();
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([&] {
      for (int call = 0; call < 10; ++call) {
        const auto result = client.Get("/echo");
        ASSERT_TRUE(result);
        EXPECT_EQ(Json::parse(result->body)["headers"]["X-Filibuster-Generated-Id"].size(), 1u);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  std::set<std::string> ids;
  for (const Json& received : control_.Bodies("request_received")) {
    ids.insert(received["generated_id"].get<std::string>());
  }
  EXPECT_EQ(ids.size(), 80u);
}

}  // namespace
}  // namespace filibuster
