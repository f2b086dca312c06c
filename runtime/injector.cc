#include "filibuster/injector.h"

#include <pthread.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <charconv>
#include <chrono>
#include <cmath>
#include <set>
#include <thread>

#include "runtime/context.h"
#include "runtime/corrupted_body.h"
#include "runtime/digest.h"
#include "runtime/dismantled.h"
#include "runtime/forks.h"
#include "runtime/guarded.h"
#include "runtime/injected_fault.h"
#include "runtime/message_text.h"
#include "runtime/service_injector.h"
#include "runtime/vector_clock.h"
#include "runtime/warn.h"

namespace filibuster {
namespace {

ForkMutex telling;
std::set<std::string>* told = nullptr;  // guarded by telling; never destroyed

[[maybe_unused]] const int follows_forks = ::pthread_atfork(
    [] { telling.BeforeFork(); }, [] { telling.AfterFork(); }, [] { telling.AfterFork(); });

// 10, not 10.0, if it is a whole number: what people and restrictions expect to read.
Json SecondsToJson(double seconds) {
  if (seconds == std::floor(seconds) && std::fabs(seconds) < 1e9) {
    return static_cast<std::int64_t>(seconds);
  }
  return seconds;
}

// Set by the first request: until then a service calls others for itself.
std::atomic<bool> any_request_received = false;

// Once for each place.
void WarnOfUnknownCause(const OutgoingCall& call) {
  const std::string place = std::string(call.file) + ":" + std::to_string(call.line);
  {
    const std::lock_guard<ForkMutex> lock(telling);
    if (told == nullptr) told = new std::set<std::string>;
    if (!told->insert(place).second) return;
  }
  Warn("the call to " + call.target + " at " + place +
       " is made for no request that is known; it counts as the functional test's own "
       "(filibuster/context.h carries a request to other threads)");
}

// What of it is an object.
Json* MetadataOf(Fault* fault) {
  if (auto* const forced = std::get_if<ForcedException>(fault)) return &forced->metadata;
  auto& failure = std::get<FailureMetadata>(*fault);
  return failure.exception.is_object() ? &failure.exception : &failure.return_value;
}

void WarnOfDroppedFault(const InjectedFault& fault, std::string_view why) {
  const std::string what = !fault.exception.empty() ? fault.exception
                           : fault.status != 0      ? std::to_string(fault.status)
                                                    : fault.code;
  Warn("the fault " + what + " is not injected: " + std::string(why));
}

// Of a call. One more fits behind them.
std::vector<std::pair<std::string, std::string>> HeadersOf(int generated_id,
                                                           const std::string& execution_index,
                                                           const VectorClock& vclock,
                                                           const ContextHandle& context) {
  const std::string clock = VectorClockText(vclock);
  std::vector<std::pair<std::string, std::string>> headers;
  headers.reserve(6);
  headers.emplace_back(kExecutionIndexHeader, execution_index);
  headers.emplace_back(kGeneratedIdHeader, std::to_string(generated_id));
  headers.emplace_back(kOriginVClockHeader, clock);  // of the calls that this one causes
  headers.emplace_back(kRequestIdHeader, context != nullptr ? context->request_id() : RandomHex(8));
  headers.emplace_back(kVClockHeader, clock);
  return headers;
}

}  // namespace

struct Injection::State {
  Injector& injector;
  InvocationComplete outcome;         // but for how it ended
  std::string fault_metadata = "{}";  // JSON
  std::string transformation;         // of the body that the caller gets

  template <typename Outcome>
  void Report(const Outcome& how) {
    const InOurs in;
    injector.Report(MessageText(outcome, how));
  }
};

Injection::Injection(const OutgoingCall& call) {
  if (Guarded([&] { Announce(call); })) return;
  state_.reset();
  fault_.reset();
  headers_.clear();
}

void Injection::Announce(const OutgoingCall& call) {
  Injector* const injector = TheInjector();
  const InOurs in;
  if (injector == nullptr || !HasServiceName()) return;
  const ContextHandle context = CurrentContext();
  const auto find_root = [&] { return injector->FindRoot(); };
  const auto parent = context != nullptr ? context->parent(find_root) : find_root();
  if (parent == nullptr) return;

  const std::string_view site = call.stack.empty() ? call.file : std::string_view(call.stack);
  const std::string signature =
      CallSignature(site, call.line, call.module, call.method, call.target);
  Parent::Stamp stamp = parent->Next(signature, ServiceName());
  if (const auto id = injector->KnownUnderLoad(stamp.execution_index)) {
    headers_ = HeadersOf(*id, stamp.execution_index, stamp.vclock, context);
    return;
  }

  Invocation invocation;
  const Dismantled<Json> args(&invocation.args);
  const Dismantled<Json> metadata(&invocation.metadata);
  invocation.source_service_name = ServiceName();
  invocation.module = call.module;
  invocation.method = call.method;
  invocation.args.push_back(call.target);
  invocation.callsite_file = CallSiteFile(call.file, ServiceName());
  invocation.callsite_line = std::to_string(call.line);
  // The call site is as much of the stack as a header can see.
  invocation.full_traceback = CallSignature(site, call.line, "", call.function, "");
  if (call.timeout) invocation.metadata["timeout"] = SecondsToJson(*call.timeout);
  if (call.ssl) invocation.metadata["ssl"] = true;
  if (context == nullptr && any_request_received) {
    invocation.metadata["cause"] = "unknown";
    WarnOfUnknownCause(call);
  }
  invocation.vclock = std::move(stamp.vclock);
  invocation.origin_vclock = parent->origin_vclock();
  invocation.execution_index = std::move(stamp.execution_index);
  auto answer = injector->Create(invocation);
  if (!answer) return;
  Json nothing;
  const Dismantled<Json> fault_metadata(answer->fault ? MetadataOf(&*answer->fault) : &nothing);
  if (injector->replays()) invocation.execution_index = answer->execution_index;

  if (answer->request_complete && context != nullptr) {
    context->AnswerIsWanted(answer->generated_id);
  }
  if (answer->fault) fault_ = Translate(*answer->fault);
  headers_ =
      HeadersOf(answer->generated_id, invocation.execution_index, invocation.vclock, context);

  state_.reset(new State{*injector, {}, {}});
  state_->outcome.generated_id = answer->generated_id;
  state_->outcome.execution_index = std::move(invocation.execution_index);
  state_->outcome.vclock = std::move(invocation.vclock);
  if (fault_ && !fault_->exception.empty()) {
    const Json& forced = std::get<ForcedException>(*answer->fault).metadata;
    state_->fault_metadata = forced.dump();
    if (fault_->call_first) {
      const std::string sleep = TextAt(forced, "sleep");
      headers_.emplace_back(kForcedSleepHeader, sleep.empty() ? "0" : sleep);
    }
    if (fault_->exception == kLatency) fault_.reset();
  }
}

Injection::~Injection() { Failed("unknown"); }

bool Injection::Transform(std::string* body) {
  if (!fault_ || fault_->transformation.empty() || state_ == nullptr) return false;
  bool is_transformed = false;
  Guarded([&] {
    state_->transformation = fault_->transformation;
    is_transformed = Corrupt(fault_->transformation, body);
    if (is_transformed) return;
    state_->transformation.clear();
    DropFault(body->size() > kMaxCorruptible
                  ? kTooLongToCorrupt
                  : "the answer has no body that could be " + fault_->transformation);
  });
  if (!is_transformed) {
    state_->transformation.clear();
    fault_.reset();
  }
  return is_transformed;
}

void Injection::Returned(int status, std::string_view body) {
  const std::unique_ptr<State> state = std::move(state_);
  if (state == nullptr) return;
  Guarded([&] {
    state->Report(ResponseText{std::to_string(status), Md5(body), state->transformation});
  });
}

void Injection::Returned() {
  const std::unique_ptr<State> state = std::move(state_);
  if (state == nullptr) return;
  Guarded([&] { state->Report(ResponseText{"OK", "", ""}); });
}

void Injection::Failed(std::string_view exception, std::string_view code) {
  const std::unique_ptr<State> state = std::move(state_);
  if (state == nullptr) return;
  Guarded([&] {
    const bool injected = fault_ && fault_->exception == exception;
    Json metadata = injected ? Json::parse(state->fault_metadata) : Json::object();
    const Dismantled<Json> dismantled(&metadata);
    if (!code.empty()) metadata["code"] = code;
    state->Report(ExceptionText{exception, metadata});
  });
}

void Injection::DropFault(std::string_view why) {
  if (!fault_) return;
  Guarded([&] { WarnOfDroppedFault(*fault_, why); });
  // The callee is not to sleep, unless it has the headers by now.
  if (fault_->call_first && !headers_.empty()) headers_.pop_back();
  fault_.reset();
}

namespace {

// As ReceiveRequest(), but for the seconds that are to be slept.
ContextHandle Receive(const std::function<std::string(const char* name)>& header,
                      std::optional<double>* sleep) {
  Injector* const injector = TheInjector();
  const InOurs in;
  if (injector == nullptr || !HasServiceName()) return nullptr;
  any_request_received = true;
  std::string request_id = header(kRequestIdHeader);
  if (request_id.empty()) request_id = RandomHex(8);

  const std::string index_text = header(kExecutionIndexHeader);
  if (index_text.empty()) return std::make_shared<Context>(std::move(request_id), nullptr);
  auto index = ParseExecutionIndex(index_text);
  const std::string vclock_text = header(kVClockHeader);
  const std::string origin_text = header(kOriginVClockHeader);  // as we send it, the same
  auto vclock = ParseVectorClock(vclock_text);
  auto origin_vclock = origin_text == vclock_text ? vclock : ParseVectorClock(origin_text);
  const auto generated_id = ParseNumber<int>(header(kGeneratedIdHeader));
  if (!index || !vclock || !origin_vclock || !generated_id) {
    Warn("a request came with unreadable X-Filibuster headers; its calls are taken for new ones");
    return std::make_shared<Context>(std::move(request_id), nullptr);
  }
  if (!injector->IsUnderLoad()) {
    injector->Report(MessageText(RequestReceived{*generated_id, index_text, ServiceName()}));
  }

  *sleep = ParseNumber<double>(header(kForcedSleepHeader));
  return std::make_shared<Context>(
      std::move(request_id),
      std::make_shared<Parent>(*std::move(index), *std::move(vclock), *std::move(origin_vclock)));
}

}  // namespace

ContextHandle ReceiveRequest(const std::function<std::string(const char* name)>& header) {
  ContextHandle request;
  std::optional<double> sleep;
  Guarded([&] { request = Receive(header, &sleep); });
  if (sleep && *sleep > 0 && std::isfinite(*sleep)) {
    const int kept = errno;
    constexpr double kDay = 24 * 60 * 60;
    std::this_thread::sleep_for(std::chrono::duration<double>(std::min(*sleep, kDay)));
    errno = kept;
  }
  return request;
}

void AnswerRequest(const ContextHandle& request, int status) {
  if (request == nullptr) return;
  char code[16];
  const auto end = std::to_chars(code, code + sizeof code, status).ptr;
  AnswerRequest(request, std::string_view(code, static_cast<size_t>(end - code)));
}

void AnswerRequest(const ContextHandle& request, std::string_view code,
                   std::string_view exception) {
  Injector* const injector = request == nullptr ? nullptr : TheInjector();
  if (injector == nullptr) return;
  Guarded([&] {
    const InOurs in;
    RequestComplete complete;
    complete.generated_ids = request->TakeWanted();
    if (complete.generated_ids.empty()) return;
    Json& how = exception.empty() ? complete.return_value : complete.exception;
    const Dismantled<Json> dismantled(&how);
    how[exception.empty() ? "status_code" : "name"] = exception.empty() ? code : exception;
    if (!exception.empty()) how["metadata"] = Json::object();
    injector->Report(MessageText(complete));
  });
}

}  // namespace filibuster
