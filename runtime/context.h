// The calls under one parent => their execution indexes and clocks.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "filibuster/context.h"
#include "runtime/execution_index.h"
#include "runtime/protocol.h"

namespace filibuster {

// One call or, as a root, one test: whatever caused the calls that are counted here. Calls of one
// parent may be made on many threads at a time.
class Parent {
 public:
  Parent() = default;  // a root
  Parent(ExecutionIndex index, VectorClock vclock, VectorClock origin_vclock)
      : index_(std::move(index)),
        origin_vclock_(std::move(origin_vclock)),
        vclock_(std::move(vclock)) {}

  struct Stamp {
    std::string execution_index;
    VectorClock vclock;
  };
  // The next call with this signature.
  Stamp Next(const std::string& signature, const std::string& service);

  // The vclock of the call that caused these.
  const VectorClock& origin_vclock() const { return origin_vclock_; }

 private:
  const ExecutionIndex index_;
  const VectorClock origin_vclock_;
  // Guarded by the mutex of this, of which no object has its own: a fork has to lock them all.
  std::string index_begin_;  // of a call's index, up to its own entry; "" before the first call
  VectorClock vclock_;
  std::map<std::string, int> counts_;  // by signature
};

// The request that a service is handling.
class Context {
 public:
  // Of an instrumented caller; a null parent: of the test, or of anybody else who is not
  // instrumented. Then it belongs to a root, which its first call finds out.
  Context(std::string request_id, std::shared_ptr<Parent> parent)
      : request_id_(std::move(request_id)), parent_(std::move(parent)) {}

  const std::string& request_id() const { return request_id_; }
  // `find_root` may fail, with null; then so does this, and the next call tries again.
  std::shared_ptr<Parent> parent(const std::function<std::shared_ptr<Parent>()>& find_root);

  // The control server asks for the answer to the request, which caused this call.
  void AnswerIsWanted(int generated_id);
  // The calls for which the answer is wanted; none if it is not, or has been told.
  std::vector<int> TakeWanted();

 private:
  const std::string request_id_;
  std::shared_ptr<Parent> parent_;  // guarded by the mutex of this, as is the next
  std::vector<int> wanted_for_;
};

// This thread goes on with `context` outside of any scope, as long as somebody is handling that
// request: a thread of a pool outlives the request whose handler starts it, and what it does later
// is done for others.
void InheritContext(std::weak_ptr<Context> context);

}  // namespace filibuster
