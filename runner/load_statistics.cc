#include "runner/load_statistics.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <utility>

namespace filibuster {
namespace {

constexpr std::array<std::pair<const char*, int>, 8> kPercentiles = {{{"p0", 0},
                                                                      {"p10", 10},
                                                                      {"p25", 25},
                                                                      {"p50", 50},
                                                                      {"p75", 75},
                                                                      {"p90", 90},
                                                                      {"p95", 95},
                                                                      {"p99", 99}}};

double Milliseconds(Latency latency) { return static_cast<double>(latency.count()) / 1000; }
double Seconds(std::chrono::microseconds time) { return static_cast<double>(time.count()) / 1e6; }

double RequestsPerSecond(const LoadReport& report) {
  if (report.duration.count() <= 0) return 0;
  return static_cast<double>(report.statistics.requests) / Seconds(report.duration);
}

}  // namespace

Latency Percentile(const std::vector<Latency>& sorted, int percent) {
  const size_t rank = (sorted.size() * static_cast<size_t>(percent) + 99) / 100;
  return sorted[rank == 0 ? 0 : rank - 1];
}

LoadStatistics Summarize(const std::vector<LoadRequest>& requests,
                         const std::optional<std::chrono::milliseconds>& max_latency) {
  LoadStatistics statistics{.requests = requests.size()};
  std::vector<Latency> latencies;
  latencies.reserve(requests.size());
  for (const LoadRequest& request : requests) {
    latencies.push_back(request.latency);
    std::string failure = request.failure;
    if (failure.empty() && max_latency && request.latency >= *max_latency) {
      failure = fmt::format("took {} s or longer", Seconds(*max_latency));
    }
    if (failure.empty()) continue;
    ++statistics.failed;
    ++statistics.failures[failure];
  }
  if (latencies.empty()) return statistics;
  std::ranges::sort(latencies);
  for (const auto& [name, percent] : kPercentiles) {
    statistics.percentiles.push_back({name, Percentile(latencies, percent)});
  }
  statistics.percentiles.push_back({"max", latencies.back()});
  return statistics;
}

std::string LoadReportToText(const LoadReport& report) {
  const LoadStatistics& statistics = report.statistics;
  const double seconds = Seconds(report.duration);
  std::string text =
      fmt::format("requests   {:>8}   {} at a time, {:.1f}/s for {:.1f} s\n", statistics.requests,
                  report.concurrency, RequestsPerSecond(report), seconds);
  text += fmt::format("passed     {:>8}\n", statistics.requests - statistics.failed);
  text += fmt::format("failed     {:>8}   {:.1f} %\n", statistics.failed,
                      statistics.failure_rate() * 100);
  for (const auto& [failure, count] : statistics.failures) {
    text += fmt::format("           {:>8}   {}\n", count, failure);
  }
  const char* title = "latency";
  for (const LoadPercentile& percentile : statistics.percentiles) {
    text += fmt::format("{:<8}{:<4}{:>7.1f} ms\n", title, percentile.name,
                        Milliseconds(percentile.latency));
    title = "";
  }
  for (const LoadFault& fault : report.faults) {
    text += fmt::format("injected   {:>8}   {}\n", fault.injected, fault.fault);
  }
  for (const std::string& broken : report.broken_services) {
    text += fmt::format("service {}\n", broken);
  }
  return text;
}

std::string LoadReportToJson(const LoadReport& report) {
  using Json = nlohmann::ordered_json;
  const LoadStatistics& statistics = report.statistics;
  Json latency = Json::object();
  for (const LoadPercentile& percentile : statistics.percentiles) {
    latency[percentile.name] = Milliseconds(percentile.latency);
  }
  Json faults = Json::array();
  for (const LoadFault& fault : report.faults) {
    faults.push_back({{"fault", fault.fault}, {"injected", fault.injected}});
  }
  const Json json = {{"schema_version", 1},
                     {"functional_test", report.functional_test},
                     {"counterexample_file", report.counterexample_file},
                     {"concurrency", report.concurrency},
                     {"num_requests", report.num_requests},
                     {"max_request_latency_for_failure",
                      report.max_latency ? Json(Seconds(*report.max_latency)) : Json(nullptr)},
                     {"requests", statistics.requests},
                     {"passed", statistics.requests - statistics.failed},
                     {"failed", statistics.failed},
                     {"failure_rate", statistics.failure_rate()},
                     {"failures", statistics.failures},
                     {"latency_ms", std::move(latency)},
                     {"duration_s", Seconds(report.duration)},
                     {"requests_per_second", RequestsPerSecond(report)},
                     {"faults", std::move(faults)},
                     {"broken_services", report.broken_services},
                     {"interrupted", report.interrupted}};
  return json.dump(1, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace filibuster
