// The service that this process is, and who says whether its calls fail.
#pragma once

#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "runtime/context.h"
#include "runtime/control_client.h"
#include "runtime/forks.h"
#include "runtime/offline_replay.h"

namespace filibuster {

// Set by static initialisers and by main(), or from the environment; read once calls are made.
std::string& ServiceName();
// A service without a name cannot be told from others: warns of that, once.
bool HasServiceName();

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

// Null if injection is off, and in a signal handler that has interrupted us: its calls are made as
// if we were not there.
Injector* TheInjector();

// A part of ours that the service's code is in without knowing it: its signal handler is not to
// wait for what it has interrupted there.
class InOurs {
 public:
  InOurs();
  ~InOurs();
  InOurs(const InOurs&) = delete;
  InOurs& operator=(const InOurs&) = delete;
};

}  // namespace filibuster
