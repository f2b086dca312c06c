#include "filibuster/injector.h"

#include <dlfcn.h>
#include <pthread.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <chrono>
#include <cmath>
#include <cstdlib>
#include <set>
#include <thread>

#include "filibuster/service.h"
#include "runtime/context.h"
#include "runtime/control_client.h"
#include "runtime/corrupted_body.h"
#include "runtime/digest.h"
#include "runtime/forks.h"
#include "runtime/injected_fault.h"
#include "runtime/message_text.h"
#include "runtime/offline_replay.h"
#include "runtime/vector_clock.h"
#include "runtime/warn.h"

namespace filibuster {
namespace {

// How many of the next this thread is in.
thread_local volatile int in_ours = 0;

// A part of ours that the service's code is in without knowing it. It must not find its errno
// changed by a call that it did not make; nor is its signal handler to wait for what it has
// interrupted.
class InOurs {
 public:
  InOurs() { in_ours = in_ours + 1; }
  ~InOurs() {
    in_ours = in_ours - 1;
    errno = kept_;
  }
  InOurs(const InOurs&) = delete;
  InOurs& operator=(const InOurs&) = delete;

 private:
  const int kept_ = errno;
};

// From the environment, or set by static initialisers and by main(), which know better; read once
// calls are made. Never destroyed: calls may still be made while the program ends.
std::string& ServiceName() {
  static auto& name = *new std::string([] {
    const char* given = std::getenv("FILIBUSTER_SERVICE_NAME");
    return given != nullptr ? given : "";
  }());
  return name;
}

// Of a service and its control server, or the counterexample that stands for one.
class Injector {
 public:
  explicit Injector(std::unique_ptr<ControlClient> control) : control_(std::move(control)) {}
  explicit Injector(std::unique_ptr<OfflineReplay> replay) : replay_(std::move(replay)) {}

  // Under load: the id of an earlier call with this index, which had no fault. Nor has this one,
  // and nothing is to be told of it.
  std::optional<int> KnownUnderLoad(const std::string& execution_index) {
    return control_ ? control_->KnownUnderLoad(execution_index) : std::nullopt;
  }

  // Whether nothing is to be told of requests.
  bool IsUnderLoad() { return control_ && control_->IsUnderLoad(); }

  // The root of calls that no instrumented caller caused; null if the control server is silent. A
  // new one begins with each test execution, and calls of the one before keep theirs.
  std::shared_ptr<Parent> FindRoot() {
    // Held while waiting for the answer: whoever is told "not the first" must find the new root.
    const std::lock_guard<ForkMutex> lock(mutex_);
    // A process that replays lives for one test execution.
    const auto is_new = replay_ ? false : control_->NewTestExecution(ServiceName());
    if (!is_new) return nullptr;
    if (*is_new || root_ == nullptr) root_ = std::make_shared<Parent>();
    return root_;
  }

  bool replays() const { return replay_ != nullptr; }
  std::optional<CreateAnswer> Create(const Invocation& invocation) {
    return replay_ ? replay_->Create(invocation) : control_->Create(invocation);
  }
  void Report(std::string_view update) {
    if (control_) control_->Report(update);
  }

  // The fork waits for an answer that is under way.
  void BeforeFork() {
    mutex_.BeforeFork();
    replay_ ? replay_->BeforeFork() : control_->BeforeFork();
  }
  void AfterFork() {
    replay_ ? replay_->AfterFork() : control_->AfterFork();
    mutex_.AfterFork();
  }

 private:
  const std::unique_ptr<ControlClient> control_;  // one of the two
  const std::unique_ptr<OfflineReplay> replay_;
  ForkMutex mutex_;
  std::shared_ptr<Parent> root_;  // guarded by mutex_
};

// By a runtime that is not this one. It sees the calls that our headers see: were both to inject,
// each call would be two.
bool InjectedByPreload() {
  void* const library = ::dlopen("libfilibuster-preload.so", RTLD_LAZY | RTLD_NOLOAD);
  if (library == nullptr) return false;
  return ::dlsym(library, "_ZN10filibuster16InjectionEnabledEv") !=
         reinterpret_cast<void*>(&InjectionEnabled);
}

// A service without a name cannot be told from others.
bool HasName() {
  if (!ServiceName().empty()) return true;
  static std::atomic<bool> warned{false};
  if (!warned.exchange(true)) {
    Warn(
        "no FILIBUSTER_SERVICE(\"name\") in this program, and no FILIBUSTER_SERVICE_NAME in its "
        "environment; no fault will be injected");
  }
  return false;
}

// Null if injection is off.
Injector* MakeInjector() {
  std::string error;
  auto control = ControlClient::FromEnvironment(&error);
  auto replay = OfflineReplay::FromEnvironment(&error);
  if (!error.empty()) Warn(error + "; no fault will be injected");
  if (replay == nullptr && control == nullptr) return nullptr;
  if (InjectedByPreload()) {
    Warn(
        "this service is instrumented twice, in its sources and by preload; calls and requests "
        "are those that the preloaded libraries see");
    return nullptr;
  }
  Md5("");        // which looks for it once,
  ServiceName();  // as this does
  return replay != nullptr ? new Injector(std::move(replay)) : new Injector(std::move(control));
}

// A fork waits until it is made: with the guard of a local static variable the child would wait for
// a thread that it does not have.
ForkMutex making_injector;
std::atomic<bool> injector_is_made{false};
Injector* the_injector = nullptr;  // guarded by making_injector until it is made

// Null if injection is off, and in a signal handler that has interrupted us: its calls are made as
// if we were not there.
Injector* TheInjector() {
  const bool is_made = injector_is_made.load(std::memory_order_acquire);
  if (is_made && the_injector == nullptr) return nullptr;
  if (in_ours != 0 || ForkMutex::IsAnyOfThisThread()) return nullptr;
  if (is_made) return the_injector;
  const InOurs in;
  const std::lock_guard<ForkMutex> lock(making_injector);
  if (!injector_is_made) {
    the_injector = MakeInjector();
    injector_is_made.store(true, std::memory_order_release);
  }
  return the_injector;
}

ForkMutex telling;
std::set<std::string>* told = nullptr;  // guarded by telling; never destroyed

void AfterFork() {
  if (the_injector != nullptr) the_injector->AfterFork();
  making_injector.AfterFork();
  telling.AfterFork();
}

// Before any thread: whoever asks for the injector may be doing so at the fork.
[[maybe_unused]] const int follows_forks = ::pthread_atfork(
    [] {
      telling.BeforeFork();
      making_injector.BeforeFork();
      if (the_injector != nullptr) the_injector->BeforeFork();
    },
    AfterFork, AfterFork);

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

void SetServiceName(std::string name) { ServiceName() = std::move(name); }

bool InjectionEnabled() noexcept { return TheInjector() != nullptr; }

struct Injection::State {
  Injector& injector;
  InvocationComplete outcome;
  Json fault_metadata = Json::object();
  std::string transformation;  // of the body that the caller gets

  template <typename... Response>
  void Report(const Response&... response) {
    const InOurs in;
    injector.Report(MessageText(outcome, response...));
  }
};

Injection::Injection(const OutgoingCall& call) {
  Injector* const injector = TheInjector();
  const InOurs in;
  if (injector == nullptr || !HasName()) return;
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
  const auto answer = injector->Create(invocation);
  if (!answer) return;
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
    state_->fault_metadata = std::get<ForcedException>(*answer->fault).metadata;
    if (fault_->call_first) {
      const std::string sleep = TextAt(state_->fault_metadata, "sleep");
      headers_.emplace_back(kForcedSleepHeader, sleep.empty() ? "0" : sleep);
    }
    if (fault_->exception == kLatency) fault_.reset();
  }
}

Injection::~Injection() {
  if (state_ == nullptr) return;
  Failed("unknown");
}

bool Injection::Transform(std::string* body) {
  if (!fault_ || fault_->transformation.empty() || state_ == nullptr) return false;
  if (!Corrupt(fault_->transformation, body)) {
    DropFault(body->size() > kMaxCorruptible
                  ? kTooLongToCorrupt
                  : "the answer has no body that could be " + fault_->transformation);
    return false;
  }
  state_->transformation = fault_->transformation;
  return true;
}

void Injection::Returned(int status, std::string_view body) {
  if (state_ == nullptr) return;
  state_->Report(ResponseText{std::to_string(status), Md5(body), state_->transformation});
  state_.reset();
}

void Injection::Returned() {
  if (state_ == nullptr) return;
  state_->outcome.return_value = {{"__class__", "Response"}, {"status_code", "OK"}};
  state_->Report();
  state_.reset();
}

void Injection::Failed(std::string_view exception, std::string_view code) {
  if (state_ == nullptr) return;
  const bool injected = fault_ && fault_->exception == exception;
  Json metadata = injected ? state_->fault_metadata : Json::object();
  if (!code.empty()) metadata["code"] = code;
  state_->outcome.exception = {{"name", exception}, {"metadata", std::move(metadata)}};
  state_->Report();
  state_.reset();
}

void Injection::DropFault(std::string_view why) {
  if (!fault_) return;
  const std::string what = !fault_->exception.empty() ? fault_->exception
                           : fault_->status != 0      ? std::to_string(fault_->status)
                                                      : fault_->code;
  Warn("the fault " + what + " is not injected: " + std::string(why));
  // The callee is not to sleep, unless it has the headers by now.
  if (fault_->call_first && !headers_.empty()) headers_.pop_back();
  fault_.reset();
}

ContextHandle ReceiveRequest(const std::function<std::string(const char* name)>& header) {
  Injector* const injector = TheInjector();
  const InOurs in;
  if (injector == nullptr || !HasName()) return nullptr;
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

  const auto sleep = ParseNumber<double>(header(kForcedSleepHeader));
  if (sleep && *sleep > 0 && std::isfinite(*sleep)) {
    constexpr double kDay = 24 * 60 * 60;
    std::this_thread::sleep_for(std::chrono::duration<double>(std::min(*sleep, kDay)));
  }
  return std::make_shared<Context>(
      std::move(request_id),
      std::make_shared<Parent>(*std::move(index), *std::move(vclock), *std::move(origin_vclock)));
}

void AnswerRequest(const ContextHandle& request, int status) {
  if (request != nullptr) AnswerRequest(request, std::to_string(status));
}

void AnswerRequest(const ContextHandle& request, std::string_view code,
                   std::string_view exception) {
  Injector* const injector = request == nullptr ? nullptr : TheInjector();
  if (injector == nullptr) return;
  const InOurs in;
  RequestComplete complete;
  complete.generated_ids = request->TakeWanted();
  if (complete.generated_ids.empty()) return;
  if (exception.empty()) {
    complete.return_value = {{"status_code", code}};
  } else {
    complete.exception = {{"name", exception}, {"metadata", Json::object()}};
  }
  injector->Report(MessageText(complete));
}

}  // namespace filibuster
