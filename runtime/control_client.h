// message => the control server's answer, from inside a service.
//
// Never throws and never waits without bound. When the server cannot be reached, the answer is
// nullopt, and the caller goes on as if we were not there.
#pragma once

#include <atomic>
#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "runtime/http_pipeline.h"
#include "runtime/load_answers.h"
#include "runtime/mailbox_client.h"
#include "runtime/protocol.h"

namespace filibuster {

class ControlClient {
 public:
  // Of FILIBUSTER_URL, with FILIBUSTER_TOKEN if there is one. Null if the URL is not set, or makes
  // no sense: then *error says so.
  static std::unique_ptr<ControlClient> FromEnvironment(std::string* error);

  // A server that is there answers within a millisecond. One that is stopped in a debugger, or gone
  // behind a firewall, costs `patience` once, and then once a second.
  ControlClient(HttpAddress address, const std::string& token,
                std::chrono::milliseconds patience = std::chrono::seconds(5));

  // Whether this is the first question of `service` in this test execution.
  std::optional<bool> NewTestExecution(const std::string& service);
  // Asks, or tells the mailbox that the call is made: then nobody waits.
  std::optional<CreateAnswer> Create(const Invocation& invocation);

  // Whether the server is under load: then no updates are wanted.
  bool IsUnderLoad() {
    return load_answers_.AreKnown() && load_answers_.HoldFor(pipeline_.OpenConnection());
  }
  // And has answered a call with this index that there is no fault; the id that it gave to that
  // one.
  std::optional<int> KnownUnderLoad(const std::string& execution_index) {
    if (!load_answers_.AreKnown()) return std::nullopt;
    return load_answers_.Find(pipeline_.OpenConnection(), execution_index);
  }

  // Has been sent, or put into the mailbox, when it returns, so that it is before what anybody
  // sends who learns the call's outcome; the answer is not waited for. `update`: its MessageText().
  void Report(std::string_view update);
  // `query`: what follows /filibuster/fault-injected. On failure *error says why.
  std::optional<bool> FaultInjected(std::string_view query, std::string* error);

  // Around a fork(), so that the child does not find locked what another thread had locked.
  void BeforeFork() {
    load_answers_.BeforeFork();
    mailbox_.BeforeFork();
    pipeline_.BeforeFork();
  }
  void AfterFork() {
    pipeline_.AfterFork();
    mailbox_.AfterFork();
    load_answers_.AfterFork();
  }

 private:
  // The answer, and the object that is its body.
  std::optional<HttpAnswer> Send(std::string_view method, std::string_view path,
                                 std::string_view body, std::string* error);
  bool Object(std::string_view path, const HttpAnswer& answer, Json* object, std::string* error);
  void NoteOutcome(const std::string& error);
  std::string Url() const;

  const HttpAddress address_;
  HttpPipeline pipeline_;
  std::atomic<bool> warned_{false};  // of this outage
  LoadAnswers load_answers_;
  MailboxClient mailbox_;
  std::atomic<std::uint64_t> heard_over_{0};  // the connection that the last answer came over
};

// A part of a path: all but letters, digits and -._~ as %XX.
std::string PercentEncode(std::string_view text);

}  // namespace filibuster
