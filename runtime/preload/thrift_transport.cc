// Messages that Thrift's framed and buffered transports send and read: in a library that is linked
// with Thrift, and loaded by libfilibuster-preload-thrift.so. Compiled with -fno-access-control:
// what a transport holds is nobody's business otherwise.
#include <pthread.h>
#include <thrift/transport/TBufferTransports.h>

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "filibuster/context.h"
#include "filibuster/detail/thrift_call.h"
#include "filibuster/injector.h"
#include "runtime/forks.h"
#include "runtime/preload/thrift_hooks.h"
#include "runtime/preload/thrift_message.h"
#include "runtime/warn.h"

namespace filibuster {
namespace {

using apache::thrift::transport::TBufferBase;
using apache::thrift::transport::TBufferedTransport;
using apache::thrift::transport::TFramedTransport;
using apache::thrift::transport::TTransport;

// Of an answer, as much as there is of it; "" if it is a result, or not to be told.
std::string ExceptionOf(std::string_view answer) {
  const auto head = ParseThriftHead(answer);
  const ThriftOutcome outcome = head ? OutcomeOf(*head, answer) : ThriftOutcome();
  return outcome.application_exception
             ? filibuster_thrift::NameOfApplication(*outcome.application_exception)
             : filibuster_thrift::NameOfDeclared(outcome.declared_exception);
}

// From its first byte that is sent to the first of its answer that is read.
struct ThriftCall {
  // By what is under the transport: to close that one would send what it holds.
  ThriftCall(const std::shared_ptr<TTransport>& under, const ThriftHead& head)
      : call(under), oneway(head.type == ThriftHead::kOneway), compact(head.compact) {
    call.Begin(head.method, oneway);
    if (!call.WillFail()) call.LetGo();
  }

  // What has been read of the answer; nothing is its end, too early.
  void Report(std::string_view answer) {
    if (answer.empty()) {
      return call.Failed(filibuster_thrift::NameIn(
          filibuster_thrift::kTransportNames, filibuster_thrift::kTransport,
          filibuster_thrift::TTransportException::END_OF_FILE));
    }
    const std::string exception = ExceptionOf(answer);
    exception.empty() ? call.Returned() : call.Failed(exception);
  }

  filibuster_thrift::ClientCall call;
  const bool oneway;
  const bool compact;
  bool is_sent = false;  // all of it
};

// The calls that are being made, by transport. Never destroyed: calls may be made while the program
// ends. What is taken out of it dies outside of its lock.
class ThriftCalls {
 public:
  constexpr ThriftCalls() = default;  // before any thread

  void Put(const TTransport* transport, std::unique_ptr<ThriftCall> call) {
    const std::lock_guard<ForkMutex> lock(mutex_);
    std::swap(kept().calls[transport], call);
  }
  std::unique_ptr<ThriftCall> Take(const TTransport* transport) {
    const std::lock_guard<ForkMutex> lock(mutex_);
    auto& calls = kept().calls;
    const auto found = calls.find(transport);
    if (found == calls.end()) return nullptr;
    std::unique_ptr<ThriftCall> call = std::move(found->second);
    calls.erase(found);
    return call;
  }
  // Of one that failed: who uses its connection again finds it as broken as before. Nobody tells
  // when that is closed.
  void Keep(std::unique_ptr<ThriftCall> call) {
    constexpr std::size_t kMost = 64;
    if (!call->call.WillFail()) return;
    call->call.LetGo();
    const std::lock_guard<ForkMutex> lock(mutex_);
    auto& failed = kept().failed;
    failed.push_back(std::move(call));
    if (failed.size() <= kMost) return;
    std::swap(call, failed.front());
    failed.pop_front();
  }

  ForkMutex& mutex() { return mutex_; }

 private:
  struct Kept {
    std::map<const TTransport*, std::unique_ptr<ThriftCall>> calls;
    std::deque<std::unique_ptr<ThriftCall>> failed;
  };

  Kept& kept() {
    if (kept_ == nullptr) kept_ = new Kept;
    return *kept_;
  }

  ForkMutex mutex_;
  Kept* kept_ = nullptr;  // guarded by mutex_
};

ThriftCalls the_calls;
[[maybe_unused]] const int follows_forks =
    ::pthread_atfork([] { the_calls.mutex().BeforeFork(); }, [] { the_calls.mutex().AfterFork(); },
                     [] { the_calls.mutex().AfterFork(); });

// Runs a part of the call, which may throw.
template <typename Part>
void Watch(std::unique_ptr<ThriftCall>* call, Part&& part) {
  try {
    (*call)->call.Watch(part);
  } catch (...) {
    the_calls.Keep(std::move(*call));
    throw;
  }
}

std::string_view View(const std::uint8_t* begin, const std::uint8_t* end) {
  return {reinterpret_cast<const char*>(begin), static_cast<std::size_t>(end - begin)};
}

// The request that this thread reads or serves.
struct Serving {
  Serving() { CurrentContext(); }  // so that what a scope restores outlives it

  const TTransport* server = nullptr;     // that it came by
  const TTransport* transport = nullptr;  // its headers may still come
  bool compact = false;
  std::string bytes;  // the last of it that were read, in which its headers may begin
  std::optional<ContextScope> scope;
};
Serving& ThisThread() {
  static thread_local Serving serving;
  return serving;
}

// Bytes that belong to no answer. The headers of a request are read before its handler is called.
void ReadRequest(const TTransport* transport, std::string_view bytes) {
  constexpr std::size_t kMost = std::size_t{256} << 10;  // that our headers may take
  Serving& serving = ThisThread();
  const auto head = ParseThriftHead(bytes);
  if (head && !head->IsAnswer()) {
    serving.server = transport;
    serving.transport = transport;
    serving.compact = head->compact;
    serving.bytes.clear();
    serving.scope.emplace(ReceiveRequest([](const char*) { return std::string(); }));
  } else if (serving.transport != transport) {
    return;
  }
  serving.bytes += bytes;
  const auto [requests, read] = FindThriftRequests(serving.bytes, serving.compact);
  for (const ThriftRequest& request : requests) {
    ContextHandle context = ReceiveRequest([&](const char* name) {
      for (const auto& [known, value] : request.headers) {
        if (known == name) return value;
      }
      return std::string();
    });
    // Which of several is served first, and until when, is not seen: then it is that of none.
    const bool is_alone = requests.size() == 1 && request.is_last;
    serving.scope.emplace(is_alone ? std::move(context) : nullptr);
  }
  serving.bytes.erase(0, read);
  const bool is_too_long = serving.bytes.size() > kMost;
  if (is_too_long) {
    Warn(
        "a request has more than 256 KiB of X-Filibuster headers; its calls are taken for new "
        "ones");
  }
  if (!requests.empty() || is_too_long) serving.transport = nullptr;
}

// Nothing more is to be read: the last request may have been one that nobody answers.
void EndOfRequests(const TTransport* transport) {
  Serving& serving = ThisThread();
  if (serving.server != transport) return;
  serving.server = serving.transport = nullptr;
  serving.scope.reset();
}

// Bytes that were read after a call. If nobody has waited for its answer, its transport may have
// gone, and a server's may be in its place.
void ReadAnswer(const TTransport* transport, ThriftCall* call, std::string_view bytes) {
  const auto head = ParseThriftHead(bytes);
  head && !head->IsAnswer() ? ReadRequest(transport, bytes) : call->Report(bytes);
}

// The call whose first bytes are these, or that has been begun. Null if it is an answer.
template <typename Transport>
std::unique_ptr<ThriftCall> CallSent(Transport* transport, std::string_view bytes) {
  std::unique_ptr<ThriftCall> call = the_calls.Take(transport);
  if (call != nullptr && !call->is_sent) return call;
  const auto head = ParseThriftHead(bytes);
  if (!head) return nullptr;
  if (!head->IsAnswer()) return std::make_unique<ThriftCall>(transport->transport_, *head);
  AnswerRequest(CurrentContext(), "OK", ExceptionOf(bytes));
  ThisThread().transport = nullptr;
  ThisThread().scope.reset();
  return nullptr;
}

// A message that is whole is sent.
template <typename Send>
void Flush(TBufferBase* transport, std::unique_ptr<ThriftCall> call, Send&& send) {
  if (call == nullptr) return send();
  if (!call->call.headers().empty()) {
    const std::string field = ThriftHeadersField(call->call.headers(), call->compact) + '\0';
    --transport->wBase_;  // the end of the arguments
    the_calls.Put(transport, std::move(call));
    transport->TBufferBase::write(reinterpret_cast<const std::uint8_t*>(field.data()),
                                  static_cast<std::uint32_t>(field.size()));
    call = the_calls.Take(transport);
  }
  Watch(&call, send);
  call->call.Sent();
  call->is_sent = true;
  if (!call->oneway) the_calls.Put(transport, std::move(call));
}

void FlushFramed(ThriftFlush* next, void* transport) {
  auto* const self = static_cast<TFramedTransport*>(transport);
  constexpr int kSize = 4;  // of the frame's size
  const std::string_view message = View(self->wBuf_.get() + kSize, self->wBase_);
  Flush(self, CallSent(self, message), [&] { next(self); });
}

bool ReadFrame(ThriftReadFrame* next, void* transport) {
  auto* const self = static_cast<TFramedTransport*>(transport);
  std::unique_ptr<ThriftCall> call = the_calls.Take(self);
  bool is_read = false;
  const auto read = [&] { is_read = next(self); };
  if (call == nullptr) {
    read();
    is_read ? ReadRequest(self, View(self->rBase_, self->rBound_)) : EndOfRequests(self);
    return is_read;
  }
  call->call.BeforeAnswer();
  Watch(&call, read);
  if (is_read && call->call.DropsAnswer()) {
    self->setReadBuffer(self->rBuf_.get(), 0);
    call->call.AnswerDropped();
    Watch(&call, read);
  }
  ReadAnswer(self, call.get(), is_read ? View(self->rBase_, self->rBound_) : std::string_view());
  if (!is_read) the_calls.Keep(std::move(call));
  return is_read;
}

void WriteSlow(ThriftWriteSlow* next, void* transport, const std::uint8_t* bytes,
               std::uint32_t size) {
  auto* const self = static_cast<TBufferedTransport*>(transport);
  auto call = CallSent(self, View(self->wBuf_.get(), self->wBase_));
  if (call == nullptr) return next(self, bytes, size);
  call->call.CannotDropAnswer();
  Watch(&call, [&] { next(self, bytes, size); });
  the_calls.Put(self, std::move(call));
}

void FlushBuffered(ThriftFlush* next, void* transport) {
  auto* const self = static_cast<TBufferedTransport*>(transport);
  auto call = CallSent(self, View(self->wBuf_.get(), self->wBase_));
  if (call != nullptr) call->call.CannotDropAnswer();
  Flush(self, std::move(call), [&] { next(self); });
}

std::uint32_t ReadSlow(ThriftReadSlow* next, void* transport, std::uint8_t* bytes,
                       std::uint32_t size) {
  auto* const self = static_cast<TBufferedTransport*>(transport);
  std::unique_ptr<ThriftCall> call = the_calls.Take(self);
  std::uint32_t count = 0;
  const auto read = [&] { count = next(self, bytes, size); };
  if (call != nullptr) {
    call->call.BeforeAnswer();
    Watch(&call, read);
  } else {
    read();
  }
  const std::string_view chunk = View(self->rBuf_.get(), self->rBound_);
  if (call == nullptr) {
    ReadRequest(self, chunk);
  } else if (chunk.empty() && count != 0) {  // what was left of an answer that nobody read
    the_calls.Put(self, std::move(call));
  } else {
    ReadAnswer(self, call.get(), chunk);
    if (chunk.empty()) the_calls.Keep(std::move(call));
  }
  return count;
}

bool Peek(ThriftPeek* next, void* transport) {
  auto* const self = static_cast<TBufferedTransport*>(transport);
  const bool reads = self->rBase_ == self->rBound_;
  const bool is_more = next(self);
  if (reads) {
    is_more ? ReadRequest(self, View(self->rBase_, self->rBound_)) : EndOfRequests(self);
  }
  return is_more;
}

}  // namespace
}  // namespace filibuster

extern "C" [[gnu::visibility("default")]] const filibuster::ThriftHooks filibuster_thrift_hooks = {
    filibuster::FlushFramed,   filibuster::ReadFrame, filibuster::WriteSlow,
    filibuster::FlushBuffered, filibuster::ReadSlow,  filibuster::Peek};
