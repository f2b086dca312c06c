// One side of a call over loopback, built twice: with httplib as it is, and instrumented. So what
// is compared differs by the include only. tests/bench/cost.py runs it.
//
//   call_cost serve MILLISECONDS           prints its port; answers GET /baz after so long, until
//                                          it is ended
//   call_cost call PORT CALLERS SECONDS    prints {"calls": …, "p50_us": …, …}
//   call_cost connect PORT CALLERS SECONDS the same over a new connection for each call
#ifdef BENCH_INSTRUMENTED
#include "filibuster/httplib.h"
FILIBUSTER_SERVICE("foo");
#else
#include <httplib.h>
#endif

#include <algorithm>
#include <atomic>
#include <barrier>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <optional>
#include <string>
#include <thread>
#include <vector>

namespace {

using Clock = std::chrono::steady_clock;

constexpr int kServerThreads = 80;  // one for each connection that is kept alive
constexpr int kCallsOfARequest = 10;

int Serve(int milliseconds) {
  httplib::Server server;
  server.new_task_queue = [] { return new httplib::ThreadPool(kServerThreads); };
  server.set_tcp_nodelay(true);
  server.set_keep_alive_max_count(1'000'000'000);
  server.Get("/baz", [&](const httplib::Request&, httplib::Response& response) {
    if (milliseconds > 0) std::this_thread::sleep_for(std::chrono::milliseconds(milliseconds));
    response.set_content("baz", "text/plain");
  });
  // httplib asks for a queue of five connections: one that is full costs a caller seconds.
  socket_t listener = INVALID_SOCKET;
  server.set_socket_options([&](socket_t socket) { listener = socket; });
  const int port = server.bind_to_any_port("127.0.0.1");
  ::listen(listener, kServerThreads);
  std::printf("%d\n", port);
  std::fflush(stdout);
  return server.listen_after_bind() ? 0 : 1;
}

#ifdef BENCH_INSTRUMENTED
// As most calls are made: for requests of an instrumented caller, one after the other.
class HandledRequest {
  const filibuster::ContextScope scope_{
      filibuster::ReceiveRequest([](const char* name) -> std::string {
        const std::string header = name;
        if (header.find("Clock") != header.npos) return R"({"users": 1})";
        if (header.find("Index") != header.npos) return R"([["aa", 1]])";
        return header.find("Generated") != header.npos ? "0" : "";
      })};
};
#else
struct HandledRequest {};
#endif

// Latencies in microseconds, until the time is over or a call fails. All callers begin together,
// once each has a connection: httplib's queue of connections is short, and a full one costs
// seconds.
std::vector<double> Call(int port, bool keep_alive, Clock::duration time, std::barrier<>& connected,
                         std::atomic<bool>& failed) {
  std::optional<HandledRequest> request(std::in_place);
  httplib::Client client("127.0.0.1", port);
  client.set_keep_alive(keep_alive);
  client.set_tcp_nodelay(true);
  std::vector<double> latencies;
  if (!client.Get("/baz")) failed = true;
  connected.arrive_and_wait();
  const auto end = Clock::now() + time;
  while (!failed) {
    if (latencies.size() % kCallsOfARequest == 0) {
      request.reset();
      request.emplace();
    }
    const auto begin = Clock::now();
    if (begin >= end) break;
    const auto result = client.Get("/baz");
    if (!result || result->status != 200) failed = true;
    latencies.push_back(std::chrono::duration<double, std::micro>(Clock::now() - begin).count());
  }
  return latencies;
}

int Measure(int port, bool keep_alive, int callers, double seconds) {
  const auto time =
      std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(seconds));
  std::barrier<> connected(callers);
  std::atomic<bool> failed = false;
  std::vector<std::vector<double>> of_callers(static_cast<size_t>(callers));
  std::vector<std::thread> threads;
  for (auto& latencies : of_callers) {
    threads.emplace_back([&] { latencies = Call(port, keep_alive, time, connected, failed); });
  }
  for (std::thread& thread : threads) thread.join();
  std::vector<double> all;
  for (const auto& latencies : of_callers)
    all.insert(all.end(), latencies.begin(), latencies.end());
  if (failed || all.empty()) {
    std::fprintf(stderr, "a call failed\n");
    return 1;
  }
  std::sort(all.begin(), all.end());
  const auto quantile = [&](double q) {
    return all[static_cast<size_t>(q * static_cast<double>(all.size() - 1))];
  };
  std::printf("{\"calls\": %zu, \"p50_us\": %.1f, \"p99_us\": %.1f, \"per_second\": %.0f}\n",
              all.size(), quantile(0.5), quantile(0.99), static_cast<double>(all.size()) / seconds);
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc == 3 && std::strcmp(argv[1], "serve") == 0) return Serve(std::atoi(argv[2]));
  const bool keep_alive = argc == 5 && std::strcmp(argv[1], "call") == 0;
  if (keep_alive || (argc == 5 && std::strcmp(argv[1], "connect") == 0)) {
    return Measure(std::atoi(argv[2]), keep_alive, std::atoi(argv[3]), std::atof(argv[4]));
  }
  std::fprintf(stderr, "usage: call_cost serve MILLISECONDS | call|connect PORT CALLERS SECONDS\n");
  return 2;
}
