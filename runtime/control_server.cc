#include "runtime/control_server.h"

// Boost 1.74's asio/awaitable.hpp uses std::exchange without including it.
#include <fmt/format.h>
#include <pthread.h>
#include <signal.h>
#include <sys/resource.h>

#include <algorithm>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/use_future.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <chrono>
#include <list>
#include <thread>
#include <utility>

#include "runtime/control_handler.h"
#include "runtime/control_listener.h"

namespace filibuster {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
using tcp = asio::ip::tcp;
using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr std::uint32_t kMaxHeaderSize = 64 * 1024;  // execution indexes travel in headers, too
constexpr size_t kReadSize = 16 * 1024;
constexpr size_t kMaxConnections = 4096;
constexpr milliseconds kMailboxPeriod(10);
// What stays free of the process's file descriptors: children's pipes, files, sockets.
constexpr size_t kReservedDescriptors = 128;
// The rest of a refused request is read and dropped, or a reset would take the answer with it.
constexpr seconds kDrainTimeout(2);
// Turns of the loop after which, without a request, nothing lies in the sockets any more; and after
// which one that is not complete is left to arrive when it will.
constexpr int kIdleTurns = 3;
constexpr int kMaxTurns = 100;
constexpr size_t kMaxDrain = 4 * ControlServer::kMaxBodySize;

using Request = http::request<http::string_body>;
using Parser = http::request_parser<http::string_body>;

// A connection, known by its place among all: the quietest is first.
struct Connection {
  Connection(tcp::socket socket, std::list<Connection*>& all)
      : stream(std::move(socket)), all(all), place(all.insert(all.end(), this)) {}
  ~Connection() { all.erase(place); }
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  void MoveToEnd() { all.splice(all.end(), all, place); }

  beast::tcp_stream stream;
  std::list<Connection*>& all;
  std::list<Connection*>::iterator place;
};

auto StoreError(beast::error_code& error) {
  return asio::redirect_error(asio::use_awaitable, error);
}

std::string_view ToStd(beast::string_view text) { return {text.data(), text.size()}; }

// Takes as long for a wrong token as for the right one.
bool SameSecret(std::string_view given, std::string_view expected) {
  unsigned difference = given.size() == expected.size() ? 0 : 1;
  for (size_t i = 0; i < given.size() && !expected.empty(); ++i) {
    difference |= static_cast<unsigned char>(given[i] ^ expected[i % expected.size()]);
  }
  return difference == 0;
}

bool HasToken(const Request& request, const std::string& token) {
  return token.empty() || SameSecret(ToStd(request["X-Filibuster-Token"]), token) ||
         SameSecret(ToStd(request[http::field::authorization]), "Bearer " + token);
}

std::string WrongToken(const Request& request) {
  const bool has_any =
      request.count("X-Filibuster-Token") != 0 || request.count(http::field::authorization) != 0;
  return fmt::format(
      "token: found {}, expected X-Filibuster-Token or Authorization: Bearer with "
      "what FILIBUSTER_TOKEN is here",
      has_any ? "another" : "none");
}

void AppendAnswer(const ControlAnswer& answer, unsigned version, bool keep_alive,
                  std::string* answers) {
  answers->append(version >= 11 ? "HTTP/1.1 " : "HTTP/1.0 ").append(std::to_string(answer.status));
  answers->append(" ").append(
      ToStd(http::obsolete_reason(static_cast<http::status>(answer.status))));
  answers->append("\r\nContent-Type: application/json\r\nContent-Length: ");
  answers->append(std::to_string(answer.body.size())).append("\r\n");
  if (keep_alive != (version >= 11)) {
    answers->append(keep_alive ? "Connection: keep-alive\r\n" : "Connection: close\r\n");
  }
  answers->append("\r\n").append(answer.body);
}

struct Refusal {
  int status;
  std::string reason;
};

Refusal RefusalOf(const beast::error_code& error) {
  if (error == http::error::body_limit) {
    return {413, fmt::format("the body is larger than {} MiB",
                             ControlServer::kMaxBodySize / (1024 * 1024))};
  }
  if (error == http::error::header_limit) {
    return {431, fmt::format("the headers are larger than {} KiB", kMaxHeaderSize / 1024)};
  }
  return {400, "not an HTTP request: " + error.message()};
}

size_t ConnectionLimit() {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY) {
    return kMaxConnections;
  }
  const size_t descriptors = limit.rlim_cur;
  return std::clamp<size_t>(descriptors - std::min(descriptors, kReservedDescriptors), 16,
                            kMaxConnections);
}

}  // namespace

class ControlServer::Impl {
 public:
  explicit Impl(const ControlServerOptions& options)
      : token_(options.token),
        request_timeout_(options.request_timeout),
        connection_limit_(ConnectionLimit()),
        handler_(Mailbox::Make()),
        io_(1),
        listener_(io_) {}

  ~Impl() {
    io_.stop();
    if (thread_.joinable()) thread_.join();
  }

  std::expected<void, Error> Listen(const ControlServerOptions& options) {
    return listener_.Open(options);
  }

  void Run() {
    asio::co_spawn(io_, Accept(), asio::detached);
    asio::co_spawn(io_, EmptyMailbox(), asio::detached);
    // Signals are for the threads of the tool: this one would take them without telling it.
    sigset_t all;
    sigset_t before;
    ::sigfillset(&all);
    ::pthread_sigmask(SIG_SETMASK, &all, &before);
    thread_ = std::thread([this] { io_.run(); });
    ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
  }

  // Clients do not wait for the answers to updates: what they sent before may still lie in its
  // socket.
  void HandleWhatArrived() { asio::co_spawn(io_, TakeTurns(), asio::use_future).wait(); }

  void CloseConnections() {
    asio::post(io_, asio::use_future([this] {
                 for (Connection* connection : connections_) connection->stream.close();
               }))
        .wait();
  }

  int port() const { return listener_.port; }
  const std::string& url() const { return listener_.url; }
  ControlHandler& handler() { return handler_; }

 private:
  // Each turn of the loop takes up what lies in the sockets; a request takes several to be read and
  // handled. One that never gets complete is not waited for.
  asio::awaitable<void> TakeTurns() {
    int idle = 0;
    for (int turn = 0; idle < kIdleTurns && turn < kMaxTurns; ++turn) {
      co_await asio::post(io_, asio::use_awaitable);
      idle = requests_ == 0 ? idle + 1 : 0;
    }
  }

  // So that it does not fill while services send nothing else.
  asio::awaitable<void> EmptyMailbox() {
    for (asio::steady_timer timer(io_);;) {
      timer.expires_after(kMailboxPeriod);
      beast::error_code error;
      co_await timer.async_wait(StoreError(error));
      handler_.EmptyMailbox();
    }
  }

  asio::awaitable<void> Accept() {
    for (;;) {
      beast::error_code error;
      tcp::socket socket = co_await listener_.acceptor.async_accept(StoreError(error));
      if (error) {  // out of descriptors, most likely: others may end meanwhile
        asio::steady_timer timer(io_, milliseconds(10));
        co_await timer.async_wait(StoreError(error));
        continue;
      }
      socket.set_option(tcp::no_delay(true), error);
      socket.non_blocking(true, error);
      while (connections_.size() >= connection_limit_) {
        connections_.front()->stream.close();
        co_await asio::post(io_, asio::use_awaitable);  // lets its coroutine end
      }
      asio::co_spawn(io_, Serve(std::move(socket)), asio::detached);
    }
  }

  asio::awaitable<void> Serve(tcp::socket socket) {
    Connection connection(std::move(socket), connections_);
    beast::flat_buffer buffer;
    while (co_await ServeWhatArrives(connection, buffer)) {
    }
    beast::error_code ignored;
    connection.stream.socket().shutdown(tcp::socket::shutdown_both, ignored);
  }

  // Waits for requests, and answers those that have arrived with one write: services send the next
  // before the last is answered. Whether the connection goes on.
  asio::awaitable<bool> ServeWhatArrives(Connection& connection, beast::flat_buffer& buffer) {
    beast::error_code error;
    // A service keeps its connection from one test execution to the next: no deadline here.
    const size_t size = co_await connection.stream.socket().async_read_some(
        buffer.prepare(kReadSize), StoreError(error));
    if (error) co_return false;
    buffer.commit(size);
    connection.MoveToEnd();
    ++requests_;
    std::string answers;
    bool goes_on = true;
    while (goes_on && buffer.size() > 0) {
      goes_on = co_await ServeRequest(connection.stream, buffer, answers);
    }
    co_await Send(connection.stream, answers, error);
    --requests_;
    co_return goes_on && !error;
  }

  // One request that has begun to arrive.
  asio::awaitable<bool> ServeRequest(beast::tcp_stream& stream, beast::flat_buffer& buffer,
                                     std::string& answers) {
    stream.expires_after(request_timeout_);
    Parser parser;
    parser.header_limit(kMaxHeaderSize);
    parser.body_limit(kMaxBodySize);
    beast::error_code error;
    for (bool header_seen = false; !error && !parser.is_done();) {
      buffer.consume(parser.put(buffer.data(), error));
      if (!error && !header_seen && parser.is_header_done()) {
        header_seen = true;
        parser.eager(true);  // goes on with the body
        if (!HasToken(parser.get(), token_)) {
          const Refusal refusal{401, WrongToken(parser.get())};
          co_return co_await Refuse(stream, refusal, answers);
        }
        if (beast::iequals(parser.get()[http::field::expect], "100-continue")) {
          answers += "HTTP/1.1 100 Continue\r\n\r\n";
        }
      } else if (error == http::error::need_more || (!error && !parser.is_done())) {
        co_await ReceiveMore(stream, buffer, parser, answers, error);
      }
    }
    if (error == beast::error::timeout) {
      handler_.LogRefusal("a request took too long to arrive");
    } else if (error == http::error::partial_message) {
      handler_.LogRefusal("a request ended half way");
    } else if (error.category() == http::make_error_code(http::error::bad_method).category()) {
      const Refusal refusal = RefusalOf(error);
      co_return co_await Refuse(stream, refusal, answers);
    }
    if (error) co_return false;
    const Request& request = parser.get();
    const bool is_head = request.method() == http::verb::head;
    const bool keep_alive = request.keep_alive() && !is_head;
    ControlAnswer answer =
        handler_.Handle(ToStd(request.method_string()), ToStd(request.target()), request.body());
    if (is_head) answer.body.clear();
    AppendAnswer(answer, request.version(), keep_alive, &answers);
    co_return keep_alive;
  }

  // The client may wait for the answers so far before it sends the rest of this request.
  asio::awaitable<void> ReceiveMore(beast::tcp_stream& stream, beast::flat_buffer& buffer,
                                    Parser& parser, std::string& answers,
                                    beast::error_code& error) {
    co_await Send(stream, answers, error);
    if (error) co_return;
    const size_t size =
        co_await stream.async_read_some(buffer.prepare(kReadSize), StoreError(error));
    buffer.commit(size);
    if (error == asio::error::eof) parser.put_eof(error);
  }

  asio::awaitable<void> Send(beast::tcp_stream& stream, std::string& answers,
                             beast::error_code& error) {
    error = {};
    if (answers.empty()) co_return;
    const size_t sent = stream.socket().write_some(asio::buffer(answers), error);
    if (error == asio::error::would_block) error = {};
    if (!error && sent < answers.size()) {
      co_await asio::async_write(stream, asio::buffer(answers) + sent, StoreError(error));
    }
    answers.clear();
  }

  // GCC 12 destroys a temporary argument of a coroutine twice: by reference, from a variable.
  asio::awaitable<bool> Refuse(beast::tcp_stream& stream, const Refusal& refusal,
                               std::string& answers) {
    handler_.LogRefusal(fmt::format("{}: {}", refusal.status, refusal.reason));
    AppendAnswer(RefusedRequest(refusal.status, refusal.reason), 11, /*keep_alive=*/false,
                 &answers);
    beast::error_code error;
    co_await Send(stream, answers, error);
    if (!error) stream.socket().shutdown(tcp::socket::shutdown_send, error);
    stream.expires_after(kDrainTimeout);
    std::vector<char> dropped(kReadSize);
    for (size_t total = 0; !error && total < kMaxDrain;) {
      total += co_await stream.async_read_some(asio::buffer(dropped), StoreError(error));
    }
    co_return false;
  }

  const std::string token_;
  const milliseconds request_timeout_;
  const size_t connection_limit_;
  ControlHandler handler_;
  std::list<Connection*> connections_;  // used by the thread only, as is the next
  int requests_ = 0;                    // that have begun to arrive, and are not answered
  std::thread thread_;
  // Last, so that the coroutines, which they own, go before what the coroutines use.
  asio::io_context io_;
  ControlListener listener_;
};

std::expected<std::unique_ptr<ControlServer>, Error> ControlServer::Start(
    const ControlServerOptions& options) {
  auto impl = std::make_unique<Impl>(options);
  if (auto listening = impl->Listen(options); !listening) {
    return std::unexpected(listening.error());
  }
  impl->Run();
  return std::unique_ptr<ControlServer>(new ControlServer(std::move(impl)));
}

ControlServer::ControlServer(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
ControlServer::~ControlServer() = default;

int ControlServer::port() const { return impl_->port(); }
std::string ControlServer::url() const { return impl_->url(); }

void ControlServer::BeginTestExecution(std::vector<PlannedFault> faults,
                                       const UnstableSites& unstable) {
  impl_->handler().BeginTestExecution(std::move(faults), unstable);
}

CallLog ControlServer::EndTestExecution() {
  impl_->HandleWhatArrived();
  return impl_->handler().EndTestExecution();
}

void ControlServer::BeginLoad(std::vector<PlannedFault> faults) {
  impl_->handler().BeginLoad(std::move(faults));
  impl_->CloseConnections();
}

LoadLog ControlServer::EndLoad() {
  impl_->HandleWhatArrived();
  LoadLog log = impl_->handler().EndLoad();
  impl_->CloseConnections();
  return log;
}

int ControlServer::stray_messages() const { return impl_->handler().stray_messages(); }

}  // namespace filibuster
