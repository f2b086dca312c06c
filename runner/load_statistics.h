// Requests under load, as they went => their numbers, as text and as JSON (docs/loadgen.md).
#pragma once

#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace filibuster {

using Latency = std::chrono::microseconds;

// One run of the functional test.
struct LoadRequest {
  Latency latency{0};
  std::string failure;  // "exit code 1"; empty: it passed
};

struct LoadPercentile {
  const char* name;  // "p99"
  Latency latency{0};

  bool operator==(const LoadPercentile& other) const {
    return std::string_view(name) == other.name && latency == other.latency;
  }
};

struct LoadStatistics {
  size_t requests = 0;
  size_t failed = 0;
  std::map<std::string, size_t> failures;   // by what went wrong
  std::vector<LoadPercentile> percentiles;  // p0 … p99, max; empty if there was no request

  double failure_rate() const {
    return requests == 0 ? 0 : static_cast<double>(failed) / static_cast<double>(requests);
  }
};

// The least latency that `percent` of all do not exceed (nearest rank). `sorted` is not empty.
Latency Percentile(const std::vector<Latency>& sorted, int percent);

// A request that took `max_latency` or longer has failed, however it ended.
LoadStatistics Summarize(const std::vector<LoadRequest>& requests,
                         const std::optional<std::chrono::milliseconds>& max_latency);

// A planned fault, and how many calls got it.
struct LoadFault {
  std::string fault;  // "foo -> bar (foo/foo.cc:17): 503"
  int injected = 0;
};

// What a load was, and how it went.
struct LoadReport {
  std::string functional_test;
  std::string counterexample_file;
  int concurrency = 0;
  int num_requests = 0;  // of each
  std::optional<std::chrono::milliseconds> max_latency;
  LoadStatistics statistics;
  std::chrono::microseconds duration{0};
  std::vector<LoadFault> faults;
  std::vector<std::string> broken_services;  // "bar died: signal 6 (SIGABRT, Aborted)"
  bool interrupted = false;
};

std::string LoadReportToText(const LoadReport& report);
std::string LoadReportToJson(const LoadReport& report);

}  // namespace filibuster
