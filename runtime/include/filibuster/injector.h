// call about to be made => does it fail, and how?
// What instruments a client or server library (httplib.h and its like) is made of this.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "filibuster/context.h"

namespace filibuster {

// Whether FILIBUSTER_URL names a control server, or FILIBUSTER_COUNTEREXAMPLE a file to replay.
// Otherwise nothing of ours does anything.
bool InjectionEnabled() noexcept;

// Strings must outlive the Injection.
struct OutgoingCall {
  const char* module = "";  // the client library: "httplib"
  const char* method = "";  // "Get"
  std::string target;       // without scheme and host: "5001/bar/baz"
  const char* file = "";    // the call site
  int line = 0;
  const char* function = "";
  std::string stack;  // tells the call site apart where file and line do not, or are not known
  std::optional<double> timeout;  // seconds, if the call has one
  bool ssl = false;
};

// How the call is to fail: with a client exception or error, or answered by an error. Exactly one
// of the first three is set; an exception may have a code too. An exception with a transformation
// is none: the call is made, and what it is answered passes through Injection::Transform().
struct InjectedFault {
  std::string exception;    // "httplib::Error::Connection"
  int status = 0;           // 503
  std::string code;         // of an RPC: "NOT_FOUND"
  bool call_first = false;  // make the call all the same, then fail it
  int messages = 0;         // of a stream that is called: it fails behind so many of its answers
  std::string transformation;
};

// One call, from before it is made until its outcome is known. Asks the control server, and
// reports to it; when that is not possible, also for want of memory, there is neither a fault nor a
// header. Nothing here throws.
class Injection {
 public:
  explicit Injection(const OutgoingCall& call);
  ~Injection();  // a call that neither returned nor failed was left by an exception: reports that
  Injection(const Injection&) = delete;
  Injection& operator=(const Injection&) = delete;

  const std::optional<InjectedFault>& fault() const { return fault_; }
  // To be sent with the call, so that the callee knows which call it is answering. Names ascend,
  // but for a last one that a fault may add.
  const std::vector<std::pair<std::string, std::string>>& headers() const { return headers_; }
  std::vector<std::pair<std::string, std::string>> TakeHeaders() { return std::move(headers_); }

  // The body of the answer as the planned fault wants it. False, with a warning, if there is no
  // such transformation of this one: then there is no fault any more.
  bool Transform(std::string* body);

  // The outcome as the caller sees it, natural or injected.
  void Returned(int status, std::string_view body);
  void Returned();  // of an RPC: with what it was called for
  // `code`: of an RPC, "NOT_FOUND".
  void Failed(std::string_view exception, std::string_view code = {});

  // The library cannot fail a call in this way: says so, and there is no fault.
  void DropFault(std::string_view why);

 private:
  struct State;

  void Announce(const OutgoingCall& call);

  std::unique_ptr<State> state_;  // null: nothing is reported
  std::optional<InjectedFault> fault_;
  std::vector<std::pair<std::string, std::string>> headers_;
};

// A request has arrived: tells the control server that the call reached us, sleeps if the planned
// fault says so, and answers what the calls made for this request need. `header` gives a request
// header's value, or "".
ContextHandle ReceiveRequest(const std::function<std::string(const char* name)>& header);

// The request is about to be answered: tells a control server that asks for it, which it does where
// no caller reports the answer, as for the functional test's own requests. Once for each request.
void AnswerRequest(const ContextHandle& request, int status);
// Of an RPC: "OK", "NOT_FOUND"; or the exception that it is answered with.
void AnswerRequest(const ContextHandle& request, std::string_view code,
                   std::string_view exception = {});

}  // namespace filibuster
