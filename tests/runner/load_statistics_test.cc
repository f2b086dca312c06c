#include "runner/load_statistics.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace filibuster {
namespace {

using std::chrono::microseconds;
using std::chrono::milliseconds;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Pair;

std::vector<Latency> OneTo(int last) {
  std::vector<Latency> latencies;
  for (int i = 1; i <= last; ++i) latencies.emplace_back(i);
  return latencies;
}

TEST(LoadStatisticsTest, APercentileIsTheLeastLatencyThatSoManyDoNotExceed) {
  const auto hundred = OneTo(100);
  EXPECT_EQ(Percentile(hundred, 0), microseconds(1));
  EXPECT_EQ(Percentile(hundred, 1), microseconds(1));
  EXPECT_EQ(Percentile(hundred, 50), microseconds(50));
  EXPECT_EQ(Percentile(hundred, 99), microseconds(99));
  EXPECT_EQ(Percentile(hundred, 100), microseconds(100));
  const auto ten = OneTo(10);
  EXPECT_EQ(Percentile(ten, 90), microseconds(9));
  EXPECT_EQ(Percentile(ten, 91), microseconds(10));
  EXPECT_EQ(Percentile(ten, 99), microseconds(10));
}

TEST(LoadStatisticsTest, OfOneRequestAllPercentilesAreItsLatency) {
  for (const int percent : {0, 50, 99, 100}) EXPECT_EQ(Percentile(OneTo(1), percent), Latency(1));
}

TEST(LoadStatisticsTest, PercentilesAreThoseOfTheSortedLatencies) {
  const auto statistics = Summarize({{Latency(3)}, {Latency(1)}, {Latency(2)}}, std::nullopt);
  ASSERT_EQ(statistics.percentiles.size(), 9u);
  EXPECT_EQ(statistics.percentiles.front(), (LoadPercentile{"p0", Latency(1)}));
  EXPECT_EQ(statistics.percentiles[3], (LoadPercentile{"p50", Latency(2)}));
  EXPECT_EQ(statistics.percentiles.back(), (LoadPercentile{"max", Latency(3)}));
}

TEST(LoadStatisticsTest, FailuresAreCountedByWhatWentWrong) {
  const auto statistics = Summarize(
      {{Latency(1), "exit code 1"}, {Latency(1)}, {Latency(1), "exit code 1"}}, std::nullopt);
  EXPECT_EQ(statistics.requests, 3u);
  EXPECT_EQ(statistics.failed, 2u);
  EXPECT_THAT(statistics.failures, ElementsAre(Pair("exit code 1", 2)));
  EXPECT_DOUBLE_EQ(statistics.failure_rate(), 2.0 / 3);
}

TEST(LoadStatisticsTest, ARequestOfTheGreatestLatencyHasFailedAndOneBelowHasNot) {
  const auto statistics =
      Summarize({{milliseconds(250)}, {microseconds(249'999)}}, milliseconds(250));
  EXPECT_THAT(statistics.failures, ElementsAre(Pair("took 0.25 s or longer", 1)));
}

TEST(LoadStatisticsTest, ARequestThatFailsLateFailsOnce) {
  const auto statistics = Summarize({{milliseconds(300), "exit code 1"}}, milliseconds(250));
  EXPECT_THAT(statistics.failures, ElementsAre(Pair("exit code 1", 1)));
  EXPECT_EQ(statistics.failed, 1u);
}

TEST(LoadStatisticsTest, NoRequestHasNoPercentilesAndNoFailureRate) {
  const auto statistics = Summarize({}, milliseconds(1));
  EXPECT_THAT(statistics.percentiles, IsEmpty());
  EXPECT_EQ(statistics.failure_rate(), 0);
}

LoadReport Report() {
  return {.functional_test = "bin/test",
          .counterexample_file = "counterexample.json",
          .concurrency = 2,
          .num_requests = 2,
          .max_latency = milliseconds(1500),
          .statistics = Summarize({{milliseconds(10)}, {milliseconds(30), "exit code 1"}}, {}),
          .duration = milliseconds(500),
          .faults = {{"foo -> bar: 503", 2}}};
}

TEST(LoadStatisticsTest, TheTextHasTheNumbersWithTheirUnits) {
  const std::string text = LoadReportToText(Report());
  EXPECT_THAT(text, HasSubstr("requests          2   2 at a time, 4.0/s for 0.5 s\n"));
  EXPECT_THAT(text, HasSubstr("failed            1   50.0 %\n"));
  EXPECT_THAT(text, HasSubstr("                  1   exit code 1\n"));
  EXPECT_THAT(text, HasSubstr("latency p0     10.0 ms\n"));
  EXPECT_THAT(text, HasSubstr("        max    30.0 ms\n"));
  EXPECT_THAT(text, HasSubstr("injected          2   foo -> bar: 503\n"));
}

TEST(LoadStatisticsTest, TheJsonHasTheSameNumbers) {
  const auto json = nlohmann::json::parse(LoadReportToJson(Report()));
  EXPECT_EQ(json["schema_version"], 1);
  EXPECT_EQ(json["max_request_latency_for_failure"], 1.5);
  EXPECT_EQ(json["requests"], 2);
  EXPECT_EQ(json["failed"], 1);
  EXPECT_EQ(json["failure_rate"], 0.5);
  EXPECT_EQ(json["failures"]["exit code 1"], 1);
  EXPECT_EQ(json["latency_ms"]["p0"], 10);
  EXPECT_EQ(json["latency_ms"]["max"], 30);
  EXPECT_EQ(json["requests_per_second"], 4);
  EXPECT_EQ(json["faults"][0]["injected"], 2);
}

}  // namespace
}  // namespace filibuster
