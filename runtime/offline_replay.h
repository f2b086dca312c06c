// (counterexample.json, call) => the fault of that file that belongs to the call, with no control
// server: for a service in a debugger. Format: docs/formats/counterexample.md.
#pragma once

#include <memory>
#include <set>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "runtime/forks.h"
#include "runtime/protocol.h"
#include "runtime/stable_index.h"

namespace filibuster {

class OfflineReplay {
 public:
  struct PlannedFor {
    Invocation call;             // as the file describes it
    std::string target_service;  // "": not known
    int occurrence = 1;          // among calls like it
    Fault fault;
  };

  // Of FILIBUSTER_COUNTEREXAMPLE, if there is no FILIBUSTER_URL; null without, or if the file is no
  // counterexample: then *error says why.
  static std::unique_ptr<OfflineReplay> FromEnvironment(std::string* error);
  static std::unique_ptr<OfflineReplay> FromFile(const std::string& path, std::string* error);

  // As a control server would answer; its execution index is that which the call's own callees go
  // on from. A fault goes to the call with its execution index. A call that the file's execution
  // did not make at all has moved in the source: it has the fault of the call that it is like. Each
  // fault is told on standard error.
  CreateAnswer Create(const Invocation& call);

  const std::vector<PlannedFor>& faults() const { return faults_; }

  // Around a fork(), so that the child does not find locked what another thread had locked.
  void BeforeFork() { mutex_.BeforeFork(); }
  void AfterFork() { mutex_.AfterFork(); }

 private:
  // `known`: the execution indexes of all calls of the file's execution.
  OfflineReplay(std::string path, std::vector<PlannedFor> faults, UnstableSites unstable,
                std::set<std::string> known)
      : path_(std::move(path)),
        faults_(std::move(faults)),
        known_(std::move(known)),
        index_(std::move(unstable)) {}

  const std::string path_;
  const std::vector<PlannedFor> faults_;
  const std::set<std::string> known_;
  ForkMutex mutex_;
  StableIndex index_;                                 // guarded by mutex_
  std::unordered_map<std::string, int> occurrences_;  // by likeness; guarded by mutex_
  int next_id_ = 0;                                   // guarded by mutex_
};

}  // namespace filibuster
