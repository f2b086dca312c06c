// A coroutine that handles a request => the same on whatever thread it is resumed:
//
//   co_await filibuster::InContextOf(executor.Schedule());
//
// Until it suspends again, the thread that resumes it has the context that it had here. Where the
// service's own awaiter submits the resumption, InContext() of filibuster/context.h does as well:
//
//   void await_suspend(std::coroutine_handle<> h) { pool.Submit(filibuster::InContext(h)); }
//
// A ContextScope in a coroutine must not live across a co_await: it would stay with the thread.
// Needs C++20.
#pragma once

#include <coroutine>
#include <exception>
#include <type_traits>
#include <utility>

#include "filibuster/context.h"

namespace filibuster {
namespace detail {

// Resumes another coroutine in a context, once, and is gone.
struct Resumption {
  struct promise_type {
    Resumption get_return_object() {
      return {std::coroutine_handle<promise_type>::from_promise(*this)};
    }
    std::suspend_always initial_suspend() noexcept { return {}; }
    std::suspend_never final_suspend() noexcept { return {}; }
    void return_void() {}
    void unhandled_exception() { std::terminate(); }  // resume() throws what nobody took
  };
  std::coroutine_handle<promise_type> handle;

  static Resumption Of(std::coroutine_handle<> coroutine, ContextHandle context) {
    const ContextScope scope(std::move(context));
    coroutine.resume();
    co_return;
  }
};

}  // namespace detail

// `awaiter`: an object with await_ready(), await_suspend() and await_resume().
template <typename Awaiter>
class InContextOf {
 public:
  explicit InContextOf(Awaiter awaiter) : awaiter_(std::forward<Awaiter>(awaiter)) {}

  bool await_ready() { return awaiter_.await_ready(); }
  decltype(auto) await_resume() { return awaiter_.await_resume(); }

  auto await_suspend(std::coroutine_handle<> coroutine) {
    const auto resumption = detail::Resumption::Of(coroutine, CurrentContext()).handle;
    using Result = decltype(awaiter_.await_suspend(std::coroutine_handle<>(resumption)));
    if constexpr (std::is_same_v<Result, bool>) {
      const bool suspends = awaiter_.await_suspend(resumption);
      if (!suspends) resumption.destroy();
      return suspends;
    } else {
      return awaiter_.await_suspend(resumption);
    }
  }

 private:
  Awaiter awaiter_;
};

}  // namespace filibuster
