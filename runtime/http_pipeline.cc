#include "runtime/http_pipeline.h"

#include <semaphore.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <ctime>
#include <deque>
#include <utility>
#include <vector>

namespace filibuster {
namespace {

// How long a server that did not answer is left alone.
constexpr std::chrono::seconds kSilence{1};

// Takes the whole answers from the front of `received`; false if what is there is none.
bool TakeAnswers(std::string* received, std::vector<HttpAnswer>* answers) {
  if (received->empty()) return true;
  answers->reserve(8);
  size_t taken = 0;
  while (taken < received->size()) {
    HttpAnswer answer;
    const AnswerState state =
        ParseHttpAnswer(std::string_view(*received).substr(taken), /*at_end=*/false, &answer);
    if (state == AnswerState::kMalformed) return false;
    if (state == AnswerState::kIncomplete) break;
    taken += answer.size;
    answers->push_back(std::move(answer));
  }
  received->erase(0, taken);
  return true;
}

}  // namespace

// A thread that waits for its answer. A semaphore, because after a fork() nothing keeps the child
// from dropping those on which threads of its parent wait.
struct HttpPipeline::Waiter {
  enum class State { kWaits, kReads, kDone };

  Waiter() { ::sem_init(&wake, 0, 0); }
  ~Waiter() { ::sem_destroy(&wake); }
  Waiter(const Waiter&) = delete;
  Waiter& operator=(const Waiter&) = delete;

  void Wake() { ::sem_post(&wake); }
  void Wait(Clock::time_point deadline) {
    const auto since_epoch = deadline.time_since_epoch();  // of steady_clock: CLOCK_MONOTONIC
    const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(since_epoch);
    const timespec until{
        static_cast<time_t>(seconds.count()),
        static_cast<long>(std::chrono::nanoseconds(since_epoch - seconds).count())};
    while (::sem_clockwait(&wake, CLOCK_MONOTONIC, &until) != 0 && errno == EINTR) {
    }
  }

  sem_t wake;
  std::atomic<State> state{State::kWaits};  // set last: who finds kDone has the rest to itself
  std::optional<HttpAnswer> answer;
  HttpFailure failure;
};

struct HttpPipeline::Stream {
  explicit Stream(std::uint64_t number) : number(number) {}

  HttpConnection connection;
  const std::uint64_t number;
  std::deque<std::shared_ptr<Waiter>> owed;  // an answer each, in this order; null: to be dropped
  std::string gathered;                      // the last requests of those, not written yet
  bool has_reader = false;                   // whose own request is written
  std::string received;                      // no whole answer; the reader's, if there is one

  // Whose answers these are is to be woken. False if the server sent what nobody asked for.
  bool Deliver(std::vector<HttpAnswer> answers, std::vector<std::shared_ptr<Waiter>>* done) {
    for (HttpAnswer& answer : answers) {
      if (owed.empty()) return false;
      std::shared_ptr<Waiter> waiter = std::move(owed.front());
      owed.pop_front();
      keeps_open = keeps_open && answer.keep_alive;
      if (waiter == nullptr) continue;
      waiter->answer = std::move(answer);
      waiter->answer->connection = number;
      waiter->state = Waiter::State::kDone;
      done->push_back(std::move(waiter));
    }
    return keeps_open && (received.empty() || !owed.empty());
  }

  bool keeps_open = true;
};

HttpPipeline::HttpPipeline(HttpAddress address, const std::string& headers,
                           std::chrono::milliseconds patience)
    : address_(std::move(address)),
      headers_(" HTTP/1.1\r\nHost: " + address_.host + ":" + std::to_string(address_.port) +
               "\r\nAccept: application/json\r\nContent-Type: application/json\r\n" + headers +
               "Content-Length: "),
      patience_(patience) {}

HttpPipeline::~HttpPipeline() = default;

void HttpPipeline::AppendRequest(std::string_view method, std::string_view path,
                                 std::string_view body, std::string* requests) const {
  requests->append(method).append(" ").append(path).append(headers_);
  requests->append(std::to_string(body.size())).append("\r\n\r\n").append(body);
}

std::optional<HttpAnswer> HttpPipeline::Exchange(std::string_view method, std::string_view path,
                                                 std::string_view body, HttpFailure* failure) {
  const Clock::time_point deadline = Clock::now() + patience_;
  Lock lock(mutex_);
  try {
    return Exchange(lock, method, path, body, deadline, failure);
  } catch (...) {
    if (!lock.owns_lock()) lock.lock();
    BreakWithoutMemory();
    throw;
  }
}

std::optional<HttpAnswer> HttpPipeline::Exchange(Lock& lock, std::string_view method,
                                                 std::string_view path, std::string_view body,
                                                 Clock::time_point deadline, HttpFailure* failure) {
  for (bool again = false;; again = true) {
    if (IsSilent(failure)) return std::nullopt;
    if (!IsOpen()) {
      std::string request;
      AppendRequest(method, path, body, &request);
      return ExchangeFirst(request, deadline, failure);
    }
    AppendRequest(method, path, body, &stream_->gathered);
    auto answer = ExchangeInTurn(lock, deadline, failure);
    // A server may close a kept-alive connection at the moment when the request leaves.
    if (answer || failure->timed_out || again) return answer;
    lock.lock();
  }
}

bool HttpPipeline::Post(std::string_view method, std::string_view path, std::string_view body) {
  const Clock::time_point deadline = Clock::now() + patience_;
  const Lock lock(mutex_);
  HttpFailure failure;
  try {
    if (IsSilent(&failure) || !IsOpen()) return false;
    AppendRequest(method, path, body, &stream_->gathered);
    stream_->owed.push_back(nullptr);
    return WriteWhatGathered(*stream_, deadline, &failure);
  } catch (...) {
    BreakWithoutMemory();
    throw;
  }
}

std::uint64_t HttpPipeline::OpenConnection() {
  const Lock lock(mutex_);
  return IsOpen() ? stream_->number : 0;
}

// Those who waited for the lock while another waited for the server need not wait once more.
bool HttpPipeline::IsSilent(HttpFailure* failure) const {
  if (Clock::now() >= silent_until_) return false;
  *failure = {"it did not answer a moment ago", true};
  return true;
}

// Not if the server closed the connection meanwhile, or sent what nobody asked for.
bool HttpPipeline::IsOpen() {
  if (stream_ == nullptr) return false;
  if (!stream_->connection.IsOfThisProcess()) {
    stream_->connection.Close();
    stream_.reset();
    return false;
  }
  if (stream_->has_reader) return true;  // who would find out
  HttpFailure failure{"the connection was closed"};
  std::vector<HttpAnswer> answers;
  std::vector<std::shared_ptr<Waiter>> done;  // nobody waits: there is no reader
  if (!stream_->connection.ReceiveWhatArrived(&stream_->received, &failure) ||
      !TakeAnswers(&stream_->received, &answers) || !stream_->Deliver(std::move(answers), &done)) {
    Break(*stream_, failure);
  }
  return stream_ != nullptr;
}

bool HttpPipeline::WriteWhatGathered(Stream& stream, Clock::time_point deadline,
                                     HttpFailure* failure) {
  const bool written = stream.connection.Send(stream.gathered, deadline, failure);
  stream.gathered.clear();
  if (!written) Break(stream, *failure);
  return written;
}

// Over a new connection, with nothing behind it: that waits until the server has shown that it
// takes more than one request.
std::optional<HttpAnswer> HttpPipeline::ExchangeFirst(std::string_view request,
                                                      Clock::time_point deadline,
                                                      HttpFailure* failure) {
  auto stream = std::make_shared<Stream>(++connections_);
  HttpAnswer answer;
  if (!stream->connection.Connect(address_, deadline, failure) ||
      !stream->connection.Send(request, deadline, failure) ||
      !stream->connection.ReceiveAnswer(&stream->received, &answer, deadline, failure)) {
    if (failure->timed_out) silent_until_ = Clock::now() + kSilence;
    return std::nullopt;
  }
  answer.connection = stream->number;
  if (answer.keep_alive && stream->received.empty()) stream_ = std::move(stream);
  return answer;
}

// The last that gathered, behind those that are under way. Unlocks.
std::optional<HttpAnswer> HttpPipeline::ExchangeInTurn(Lock& lock, Clock::time_point deadline,
                                                       HttpFailure* failure) {
  const std::shared_ptr<Stream> stream = stream_;
  const auto waiter = std::make_shared<Waiter>();
  stream->owed.push_back(waiter);
  if (stream->has_reader) {
    lock.unlock();
    waiter->Wait(deadline);
  } else if (WriteWhatGathered(*stream, deadline, failure)) {
    stream->has_reader = true;
    waiter->state = Waiter::State::kReads;
  }
  if (waiter->state != Waiter::State::kDone) {
    if (!lock.owns_lock()) lock.lock();
    if (waiter->state == Waiter::State::kReads) ReadForAll(lock, *stream, *waiter, deadline);
    if (waiter->state != Waiter::State::kDone) Break(*stream, {"no answer in time", true});
  }
  if (lock.owns_lock()) lock.unlock();
  if (!waiter->answer) *failure = waiter->failure;
  return std::move(waiter->answer);
}

// Until `own` is done; then another who waits goes on. Each time it writes what has gathered.
// Nobody is woken while the lock is held, which is what he would ask for next.
void HttpPipeline::ReadForAll(Lock& lock, Stream& stream, const Waiter& own,
                              Clock::time_point deadline) {
  while (own.state != Waiter::State::kDone) {
    lock.unlock();
    HttpFailure failure{"the connection was closed"};
    std::vector<HttpAnswer> answers;
    const bool received = stream.connection.Receive(&stream.received, deadline, &failure);
    const bool well_formed = TakeAnswers(&stream.received, &answers);
    if (received && !well_formed) failure = {"the answer is not HTTP/1.1"};
    std::vector<std::shared_ptr<Waiter>> to_wake;
    lock.lock();
    if (!stream.Deliver(std::move(answers), &to_wake) || !received || !well_formed) {
      Break(stream, failure);
    } else if (!stream.gathered.empty()) {
      WriteWhatGathered(stream, deadline, &failure);
    }
    if (own.state == Waiter::State::kDone) {
      const auto next = std::find_if(stream.owed.rbegin(), stream.owed.rend(),
                                     [](const auto& waiter) { return waiter != nullptr; });
      stream.has_reader = next != stream.owed.rend();
      if (stream.has_reader) {
        (*next)->state = Waiter::State::kReads;
        to_wake.push_back(*next);
      }
    }
    lock.unlock();
    for (const auto& waiter : to_wake) {
      if (waiter.get() != &own) waiter->Wake();
    }
    lock.lock();
  }
}

void HttpPipeline::Break(Stream& stream, const HttpFailure& failure) {
  if (failure.timed_out) silent_until_ = Clock::now() + kSilence;
  for (; !stream.owed.empty(); stream.owed.pop_front()) {
    const std::shared_ptr<Waiter>& waiter = stream.owed.front();
    if (waiter == nullptr) continue;
    waiter->failure = failure;
    waiter->state = Waiter::State::kDone;
    waiter->Wake();
  }
  stream.gathered.clear();
  stream.connection.Abort();  // its reader sees the end
  if (stream_.get() == &stream) stream_.reset();
}

// Requests and answers may be there by half: the next one is over a new connection.
void HttpPipeline::BreakWithoutMemory() {
  const std::shared_ptr<Stream> stream = stream_;
  if (stream != nullptr) Break(*stream, {"no memory"});  // a text that needs none
}

}  // namespace filibuster
