// What injection adds to a call over loopback, with a real control server and no fault: a plain and
// an instrumented call in turns, so that both see the same machine.
#include <benchmark/benchmark.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <thread>
#include <vector>

#include "filibuster/httplib.h"
#include "runtime/control_server.h"
#include "tests/bench/plain_loopback.h"

FILIBUSTER_SERVICE("foo");

namespace filibuster {
namespace {

using Clock = std::chrono::steady_clock;

ControlServer* control_server;

double Quantile(std::vector<double>& samples, double quantile) {
  const auto at = samples.begin() +
                  static_cast<std::ptrdiff_t>(quantile * static_cast<double>(samples.size() - 1));
  std::nth_element(samples.begin(), at, samples.end());
  return *at;
}

class InstrumentedServer {
 public:
  InstrumentedServer() {
    server_.set_keep_alive_max_count(1'000'000'000);
    server_.Get("/baz", [](const httplib::Request&, httplib::Response& response) {
      response.set_content("baz", "text/plain");
    });
    port_ = server_.bind_to_any_port("127.0.0.1");
    thread_ = std::thread([this] { server_.listen_after_bind(); });
    while (!server_.is_running()) std::this_thread::yield();
  }
  ~InstrumentedServer() {
    server_.stop();
    thread_.join();
  }
  int port() const { return port_; }

 private:
  httplib::Server server_;
  int port_ = 0;
  std::thread thread_;
};

ContextHandle RequestOfAnInstrumentedCaller() {
  return ReceiveRequest([](const char* name) -> std::string {
    const std::string header = name;
    if (header.find("Clock") != header.npos) return R"({"users": 1})";
    if (header.find("Index") != header.npos) return R"([["aa", 1]])";
    return header.find("Generated") != header.npos ? "0" : "";
  });
}

// handles_request: the call is made for a request of an instrumented caller (three messages: it is
// announced, received, completed); otherwise for the test's own (one more: is this a new test?).
void LoopbackCall(benchmark::State& state, bool handles_request) {
  control_server->BeginTestExecution({});
  const PlainServer plain_server;
  const InstrumentedServer server;
  PlainClient plain_client(plain_server.port());
  httplib::Client client("127.0.0.1", server.port());
  client.set_keep_alive(true);
  const ContextScope scope(handles_request ? RequestOfAnInstrumentedCaller() : nullptr);

  std::vector<double> plain;
  std::vector<double> on;
  for (auto iteration : state) {
    const auto begin = Clock::now();
    const int status = plain_client.Get("/baz");
    const auto middle = Clock::now();
    const auto result = client.Get("/baz");
    const auto end = Clock::now();
    if (status != 200 || !result || result->status != 200) return state.SkipWithError("failed");
    plain.push_back(std::chrono::duration<double, std::micro>(middle - begin).count());
    on.push_back(std::chrono::duration<double, std::micro>(end - middle).count());
  }
  const double plain_p50 = Quantile(plain, 0.5);
  const double on_p50 = Quantile(on, 0.5);
  state.counters["plain_p50_us"] = plain_p50;
  state.counters["plain_p99_us"] = Quantile(plain, 0.99);
  state.counters["on_p50_us"] = on_p50;
  state.counters["on_p99_us"] = Quantile(on, 0.99);
  state.counters["added_p50_us"] = on_p50 - plain_p50;
}

void BM_CallOfAHandledRequest(benchmark::State& state) { LoopbackCall(state, true); }
BENCHMARK(BM_CallOfAHandledRequest)->UseRealTime()->MinTime(2);

void BM_CallOfTheTestItself(benchmark::State& state) { LoopbackCall(state, false); }
BENCHMARK(BM_CallOfTheTestItself)->UseRealTime()->MinTime(2);

}  // namespace
}  // namespace filibuster

int main(int argc, char** argv) {
  const auto control = filibuster::ControlServer::Start({.port = 0});
  if (!control) return 2;
  filibuster::control_server = control->get();
  ::setenv("FILIBUSTER_URL", (*control)->url().c_str(), 1);
  benchmark::Initialize(&argc, argv);
  benchmark::RunSpecifiedBenchmarks();
}
