// What services put into the control server's mailbox, and what comes of it.
#include "runtime/mailbox.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <thread>

#include "runtime/control_client.h"
#include "runtime/control_handler.h"
#include "runtime/control_server.h"
#include "runtime/mailbox_client.h"
#include "runtime/message_text.h"
#include "tests/support/messages.h"

namespace filibuster {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using Outcome = MailboxClient::Outcome;

const char kIndex[] = R"([["a", 1]])";
const char kChild[] = R"([["a", 1], ["b", 1]])";
const char kOther[] = R"([["c", 1]])";
const Fault k503 = FailureMetadata{{{"status_code", "503"}}, nullptr};

std::vector<PlannedFault> Planned(const std::string& index) {
  return {{index, k503, std::nullopt, std::nullopt}};
}

std::vector<std::string> IndexesOf(const CallLog& log) {
  std::vector<std::string> indexes;
  for (const CallRecord& call : log.calls) indexes.push_back(call.invocation.execution_index);
  return indexes;
}

// A handler, and a service that has been told of its mailbox.
class MailboxTest : public testing::Test {
 protected:
  MailboxTest() {
    const Json answer = Ask("GET", "/filibuster/new-test-execution/foo");
    service_.Note(kConnection, answer["mailbox"].get<std::string>());
  }

  Json Ask(std::string_view method, std::string_view target, const Json& body = nullptr) {
    return Json::parse(handler_.Handle(method, target, body.is_null() ? "" : body.dump()).body);
  }
  std::optional<int> Create(const std::string& index) {
    return service_.Create(kConnection, index, CreateMessage("foo", index).dump());
  }
  Outcome Report(const Json& message) { return service_.Report(kConnection, message.dump()); }

  static constexpr std::uint64_t kConnection = 1;
  ControlHandler handler_{Mailbox::Make()};
  MailboxClient service_;
};

TEST_F(MailboxTest, ACallThatIsNotPlannedNeedNotAsk) {
  handler_.BeginTestExecution({});
  const auto id = Create(kIndex);
  ASSERT_TRUE(id);
  EXPECT_EQ(Report(ReceivedMessage(std::to_string(*id), kIndex, "bar")), Outcome::kPut);
  EXPECT_EQ(Report(CompleteMessage(*id, kIndex)), Outcome::kPut);
  EXPECT_EQ(Report({{"instrumentation_type", "request_complete"},
                    {"generated_ids", {*id}},
                    {"return_value", {{"status_code", "500"}}}}),
            Outcome::kPut);
  const CallLog log = handler_.EndTestExecution();
  ASSERT_EQ(log.calls.size(), 1u);
  EXPECT_EQ(log.calls[0].invocation.execution_index, kIndex);
  EXPECT_EQ(log.calls[0].target_service_name, "bar");
  EXPECT_LT(log.calls[0].received_at, log.calls[0].completed_at);
  EXPECT_EQ(log.calls[0].return_value["status_code"], "200");
  ASSERT_EQ(log.requests.size(), 1u);
  EXPECT_THAT(log.requests[0].calls, ElementsAre(0));
  EXPECT_THAT(log.bad_requests, IsEmpty());
}

TEST_F(MailboxTest, ACallThatIsPlannedAsks) {
  handler_.BeginTestExecution(Planned(kIndex));
  EXPECT_TRUE(Create(kOther));
  EXPECT_FALSE(Create(kIndex));
  EXPECT_TRUE(
      Ask("PUT", "/filibuster/create", CreateMessage("foo", kIndex)).contains("failure_metadata"));
  EXPECT_TRUE(Ask("GET", "/filibuster/fault-injected")["result"]);
  handler_.BeginTestExecution(Planned(kOther));
  EXPECT_TRUE(Create(kIndex));
  EXPECT_FALSE(Create(kOther));
}

// Of services whose messages come by HTTP, as other implementations' do.
TEST_F(MailboxTest, WhatWasPutInComesBeforeWhatIsSentBecauseOfIt) {
  handler_.BeginTestExecution({});
  const auto id = Create(kIndex);
  ASSERT_TRUE(id);
  Ask("POST", "/filibuster/update", ReceivedMessage(*id, kIndex, "bar"));
  const Json child = Ask("PUT", "/filibuster/create", CreateMessage("bar", kChild));
  EXPECT_GT(child["generated_id"], *id);
  Report(ReceivedMessage(child["generated_id"], kChild, "baz"));
  const auto last = Create(kOther);
  EXPECT_GT(last, child["generated_id"].get<int>());
  const CallLog log = handler_.EndTestExecution();
  EXPECT_THAT(log.bad_requests, IsEmpty());
  EXPECT_THAT(IndexesOf(log), ElementsAre(kIndex, kChild, kOther));
  EXPECT_EQ(log.calls[0].target_service_name, "bar");
  EXPECT_LT(log.calls[0].received_at, log.calls[1].created_at);
  EXPECT_EQ(log.calls[1].target_service_name, "baz");
}

TEST_F(MailboxTest, NothingIsPutInBetweenTestExecutionsAndUnderLoad) {
  EXPECT_FALSE(Create(kIndex));
  EXPECT_EQ(Report(CompleteMessage(0, kIndex)), Outcome::kNoBag);
  handler_.BeginTestExecution({});
  EXPECT_TRUE(Create(kIndex));
  handler_.EndTestExecution();
  EXPECT_FALSE(Create(kIndex));
  EXPECT_EQ(Report(CompleteMessage(0, kIndex)), Outcome::kNoBag);
  handler_.BeginTestExecution({});
  handler_.BeginLoad({});
  EXPECT_FALSE(Create(kIndex));
  EXPECT_EQ(handler_.EndLoad().calls, 0);
}

// Which call is planned is known only from those before it.
TEST_F(MailboxTest, NothingIsPutInIfFaultsArePlannedByPartsOfAnIndex) {
  const UnstableSites unstable = {{"foo foo/foo.cc:17 httplib.Get", {.target = true}}};
  handler_.BeginTestExecution(Planned(kIndex), unstable);
  EXPECT_FALSE(Create(kOther));
  handler_.BeginTestExecution({}, unstable);
  EXPECT_TRUE(Create(kOther));
  EXPECT_THAT(handler_.EndTestExecution().calls[0].stable_index, HasSubstr("foo.cc:17"));
}

TEST_F(MailboxTest, MessagesOfAnEarlierExecutionAreStray) {
  handler_.BeginTestExecution({});
  const auto id = Create(kIndex);
  ASSERT_TRUE(id);
  EXPECT_EQ(handler_.EndTestExecution().calls.size(), 1u);
  handler_.BeginTestExecution({});
  EXPECT_EQ(Report(CompleteMessage(*id, kIndex)), Outcome::kPut);
  const auto next = Create(kIndex);
  EXPECT_GT(next, id);
  const int strays = handler_.stray_messages();
  const CallLog log = handler_.EndTestExecution();
  EXPECT_EQ(handler_.stray_messages(), strays + 1);
  ASSERT_EQ(log.calls.size(), 1u);
  EXPECT_FALSE(log.calls[0].completed_at);
  EXPECT_THAT(log.bad_requests, IsEmpty());
}

TEST_F(MailboxTest, RefusesWhatHttpWouldRefuse) {
  handler_.BeginTestExecution({});
  service_.Create(kConnection, kIndex, "{}");
  Report(CompleteMessage(12345, kIndex));
  EXPECT_THAT(handler_.EndTestExecution().bad_requests,
              ElementsAre(HasSubstr("PUT mailbox: 400"), HasSubstr("POST mailbox: 404")));
}

// A service that writes where it should not.
TEST_F(MailboxTest, RefusesIdsThatNobodyHasOrAnother) {
  const std::string name = Ask("GET", "/filibuster/new-test-execution/foo")["mailbox"];
  const auto memory = SharedMemory::Open(name.substr(17), kMailboxSize);
  ASSERT_TRUE(memory);
  auto& next_id = static_cast<MailboxPage*>(memory->data())->next_id;
  next_id = 5;
  handler_.BeginTestExecution({});
  EXPECT_EQ(Create(kIndex), 5);
  handler_.EmptyMailbox();
  next_id = 5;
  EXPECT_THAT(Ask("PUT", "/filibuster/create", CreateMessage("foo", kOther))["error"],
              HasSubstr("found 5, expected one that no other call of this test execution has"));
  next_id = -7;
  EXPECT_EQ(Create(kOther), -7);
  EXPECT_THAT(Ask("PUT", "/filibuster/create", CreateMessage("foo", kOther))["error"],
              HasSubstr("found -6, expected 5 or more"));
  const CallLog log = handler_.EndTestExecution();
  EXPECT_THAT(IndexesOf(log), ElementsAre(kIndex));
  EXPECT_EQ(log.bad_requests.size(), 3u);
}

TEST_F(MailboxTest, ABagThatIsHalfFullIsReplacedByAnother) {
  handler_.BeginTestExecution(Planned(kOther));
  const std::string text = CreateMessage("foo", kIndex).dump() + std::string(100'000, ' ');
  constexpr int kCalls = 500;  // three bags
  int put_in = 0;
  for (int i = 0; i < kCalls; ++i) {
    const auto id = service_.Create(kConnection, kIndex, text);
    if (id) ++put_in;
    if (i % 50 == 0) handler_.EmptyMailbox();
  }
  EXPECT_EQ(put_in, kCalls);
  EXPECT_FALSE(Create(kOther));
  EXPECT_EQ(handler_.EndTestExecution().calls.size(), size_t{kCalls});
}

TEST_F(MailboxTest, WhatDoesNotFitGoesAnotherWay) {
  handler_.BeginTestExecution({});
  const std::string text = CreateMessage("foo", kIndex).dump() + std::string(1'000'000, ' ');
  size_t put_in = 0;
  while (service_.Create(kConnection, kIndex, text)) ++put_in;
  EXPECT_EQ(Report(CompleteMessage(0, kIndex)), Outcome::kFull);
  Ask("PUT", "/filibuster/create", CreateMessage("foo", kOther));
  EXPECT_TRUE(Create(kIndex));
  const CallLog log = handler_.EndTestExecution();
  EXPECT_EQ(log.calls.size(), put_in + 2);
  EXPECT_EQ(log.calls[put_in].invocation.execution_index, kOther);
}

TEST_F(MailboxTest, IsOfTheConnectionThatItWasToldBy) {
  handler_.BeginTestExecution({});
  EXPECT_FALSE(service_.Create(0, kIndex, "{}"));
  EXPECT_FALSE(service_.Create(2, kIndex, "{}"));
  EXPECT_EQ(service_.Report(2, "{}"), Outcome::kNoBag);
  const auto other = Mailbox::Make();
  other->HangUp({});
  service_.Note(2, other->name());
  EXPECT_EQ(service_.Report(2, "{}"), Outcome::kPut);
  EXPECT_FALSE(Create(kIndex));
}

TEST_F(MailboxTest, ANameThatNobodyCanUseIsNone) {
  const auto mailbox = Mailbox::Make();
  mailbox->HangUp({});
  const std::string path = mailbox->name().substr(17);
  for (const std::string& name :
       {std::string(), path, "0123456789abcdef " + path, mailbox->name() + "0",
        std::string("0123456789abcdef /dev/zero"), std::string("0 /proc/self/exe")}) {
    MailboxClient service;
    service.Note(1, name);
    EXPECT_FALSE(service.IsKnown()) << name;
    EXPECT_EQ(service.Report(1, "{}"), Outcome::kNoBag) << name;
  }
}

Invocation InvocationOf(const std::string& service, const std::string& index) {
  std::string error;
  return *InvocationFromJson(CreateMessage(service, index), &error);
}

// A call from announcement to completion, by two services.
void Call(ControlClient& caller, ControlClient& callee, const std::string& index) {
  const auto answer = caller.Create(InvocationOf("foo", index));
  if (!answer || answer->fault) return;
  callee.Report(MessageText(RequestReceived{answer->generated_id, index, "bar"}));
  InvocationComplete complete{answer->generated_id, index, {{"foo", 1}}, nullptr, nullptr};
  caller.Report(MessageText(complete, {"200", "d4", ""}));
}

class MailboxServerTest : public testing::Test {
 protected:
  void Start(int port = 0) {
    server_.reset();
    auto server = ControlServer::Start({.port = port});
    ASSERT_TRUE(server) << server.error();
    server_ = std::move(server).value();
  }

  std::unique_ptr<ControlServer> server_;
};

void ExpectComplete(const CallLog& log, size_t calls) {
  EXPECT_EQ(log.calls.size(), calls);
  EXPECT_THAT(log.bad_requests, IsEmpty());
  for (const CallRecord& call : log.calls) {
    EXPECT_TRUE(call.fault || (call.received_at && call.created_at < *call.received_at));
    EXPECT_TRUE(call.fault || (call.completed_at && *call.received_at < *call.completed_at));
  }
}

TEST_F(MailboxServerTest, FaultsAreInjectedInEveryExecutionThatAConnectionLasts) {
  Start();
  ControlClient caller({"127.0.0.1", server_->port()}, "");
  ControlClient callee({"127.0.0.1", server_->port()}, "");
  for (int i = 0; i < 30; ++i) {
    const bool first = i % 2 == 0;
    server_->BeginTestExecution(Planned(first ? kIndex : kOther));
    EXPECT_EQ(caller.Create(InvocationOf("foo", kIndex))->fault.has_value(), first);
    EXPECT_EQ(caller.Create(InvocationOf("foo", kOther))->fault.has_value(), !first);
    Call(caller, callee, kChild);
    const CallLog log = server_->EndTestExecution();
    EXPECT_THAT(IndexesOf(log), ElementsAre(kIndex, kOther, kChild));
    EXPECT_EQ(log.calls[0].fault.has_value(), first);
    EXPECT_EQ(log.calls[1].fault.has_value(), !first);
    EXPECT_TRUE(log.calls[2].received_at);
    EXPECT_TRUE(log.calls[2].completed_at);
    EXPECT_THAT(log.bad_requests, IsEmpty());
  }
  EXPECT_EQ(server_->stray_messages(), 0);
}

TEST_F(MailboxServerTest, ANewServerIsToldAllThatComesAfterTheOldOne) {
  Start();
  ControlClient caller({"127.0.0.1", server_->port()}, "");
  ControlClient callee({"127.0.0.1", server_->port()}, "");
  for (int i = 0; i < 3; ++i) {
    server_->BeginTestExecution({});
    for (int call = 0; call < 3; ++call) Call(caller, callee, kIndex);
    ExpectComplete(server_->EndTestExecution(), 3);
    Start(server_->port());
  }
}

TEST_F(MailboxServerTest, LosesNoCallOfManyThreads) {
  Start();
  ControlClient caller({"127.0.0.1", server_->port()}, "");
  ControlClient callee({"127.0.0.1", server_->port()}, "");
  server_->BeginTestExecution(Planned(kOther));
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([&] {
      for (int call = 0; call < 200; ++call) Call(caller, callee, call % 10 == 0 ? kOther : kIndex);
    });
  }
  for (std::thread& thread : threads) thread.join();
  ExpectComplete(server_->EndTestExecution(), 1600);
}

TEST_F(MailboxServerTest, AChildProcessGoesOnWithIdsOfItsOwn) {
  Start();
  ControlClient service({"127.0.0.1", server_->port()}, "");
  server_->BeginTestExecution({});
  Call(service, service, kIndex);
  const pid_t child = ::fork();
  for (int call = 0; call < 100; ++call) Call(service, service, kIndex);
  if (child == 0) ::_exit(0);
  int status = -1;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  EXPECT_EQ(status, 0);
  ExpectComplete(server_->EndTestExecution(), 201);
}

}  // namespace
}  // namespace filibuster
