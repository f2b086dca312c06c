// incoming request => what the calls that it causes need to know, on whatever thread they are made
//
// A service's handler runs inside a ContextScope. Code that goes on with the request on another
// thread takes the context along:
//
//   pool.Submit(filibuster::InContext([&] { client.Get("/bar"); }));
//
// which is
//
//   pool.Submit([&, context = filibuster::CurrentContext()] {
//     const filibuster::ContextScope scope(context);
//     client.Get("/bar");
//   });
#pragma once

#include <memory>
#include <utility>

namespace filibuster {

class Context;
using ContextHandle = std::shared_ptr<Context>;

// The analyzer sees a service's code as it is without us.
#ifdef FILIBUSTER_ANALYSIS

inline ContextHandle CurrentContext() { return nullptr; }

class ContextScope {
 public:
  explicit ContextScope(ContextHandle) {}
};

template <typename Function>
Function InContext(Function function) {
  return function;
}

#else

// The request that this thread is handling; null if none, and always while injection is off.
ContextHandle CurrentContext();

// Makes `context` (null too) this thread's current one for as long as the scope lives.
class ContextScope {
 public:
  explicit ContextScope(ContextHandle context);
  ~ContextScope();
  ContextScope(const ContextScope&) = delete;
  ContextScope& operator=(const ContextScope&) = delete;

 private:
  ContextHandle previous_;
  std::weak_ptr<Context> previously_inherited_;
};

// `function`, to be called later and on any thread, with the context of now.
template <typename Function>
auto InContext(Function function) {
  return [context = CurrentContext(),
          function = std::move(function)](auto&&... arguments) mutable -> decltype(auto) {
    const ContextScope scope(context);
    return function(std::forward<decltype(arguments)>(arguments)...);
  };
}

#endif  // FILIBUSTER_ANALYSIS

}  // namespace filibuster
