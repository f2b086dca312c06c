// What planning costs: everything but running the test. The runner interprets a model; its time
// counts too, because the whole of it has to stay within the bounds.
#include <benchmark/benchmark.h>
#include <sys/resource.h>

#include <algorithm>
#include <cstdlib>
#include <iostream>
#include <string>

#include "analyzer/analysis_json.h"
#include "planner/application_model.h"
#include "planner/explore.h"
#include "planner/model_runner.h"

namespace filibuster {
namespace {

double PeakMiB() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return static_cast<double>(usage.ru_maxrss) / 1024;
}

template <typename Value>
Value OrDie(std::expected<Value, Error> value) {
  if (!value) {
    std::cerr << value.error() << "\n";
    std::exit(2);
  }
  return *std::move(value);
}

Exploration ExploreModel(const ApplicationModel& model, const Analysis& analysis,
                         Reduction reduction) {
  auto space = OrDie(FaultSpace::Create(analysis));
  CallTable calls;
  ModelRunner runner(model);
  return Explore(runner, space, calls,
                 {.reduction = reduction, .facts = runner.Facts(), .keep_going = true});
}

Module& ModuleOfHttplib(Analysis& analysis) {
  return *std::ranges::find(analysis.modules, "cpp.httplib", &Module::name);
}

// A service that makes `calls` calls and ignores what fails; nine faults each: 10^calls executions.
void BM_Space(benchmark::State& state) {
  Json body = Json::array();
  Json services = Json::object();
  for (int i = 0; i < state.range(0); ++i) {
    const std::string name = "service-" + std::to_string(i);
    body.push_back(
        {{"call", {{"service", name}}}, {"on", {{{"faults", {"any"}}, {"do", Json::array()}}}}});
    services[name] = Json::array();
  }
  services["entry"] = body;
  const Json json = {{"schema_version", 1}, {"entry", "entry"}, {"services", services}};
  const auto model = OrDie(ModelFromText(json.dump(), "model.json"));
  Analysis analysis = DefaultAnalysis();
  Module& module = ModuleOfHttplib(analysis);
  module.exceptions.clear();
  for (int i = 0; i < 6; ++i) module.exceptions.push_back({.name = "Error" + std::to_string(i)});
  for (auto _ : state) {
    const Exploration exploration =
        ExploreModel(model, analysis, static_cast<Reduction>(state.range(1)));
    state.counters["executions"] = static_cast<double>(exploration.executions.size());
    state.counters["peak_MiB"] = PeakMiB();
  }
}

// A model of the size of the paper's largest example.
void BM_Streaming(benchmark::State& state) {
  const std::string directory = FILIBUSTER_MODELS "/streaming/";
  const auto model = OrDie(ReadModel(directory + "model.json"));
  const auto analysis = OrDie(ReadAnalysis(directory + "analysis.json"));
  for (auto _ : state) {
    const Exploration exploration =
        ExploreModel(model, analysis, static_cast<Reduction>(state.range(0)));
    state.counters["executions"] = static_cast<double>(exploration.executions.size());
  }
  state.SetLabel(std::string(ReductionName(static_cast<Reduction>(state.range(0)))));
}

// 200 services with ten call sites each, as filibuster-analysis writes them; 20 MB.
void BM_LoadAnalysis(benchmark::State& state) {
  Analysis analysis = DefaultAnalysis();
  Module& module = ModuleOfHttplib(analysis);
  for (int i = 0; i < 2000; ++i) {
    CallSite site{.service = "service-" + std::to_string(i / 10),
                  .location = {"service-" + std::to_string(i / 10) + "/handlers.cc", 10 * i, 5},
                  .function = "shop::handlers::Handle" + std::to_string(i),
                  .module = "httplib",
                  .method = "Get"};
    site.target.url = "http://localhost:5000/path/" + std::to_string(i);
    for (int j = 0; j < 32; ++j) {
      HandlerEntry entry{.faults = {"httplib::Error::Fault" + std::to_string(j)},
                         .kind = "catch",
                         .location = SourceLocation{site.location.file, 10 * i + j, 3}};
      entry.outcome.kind = Outcome::Kind::kAnswers;
      entry.outcome.status_code = std::to_string(500 + j);
      site.handlers.push_back(std::move(entry));
    }
    module.call_sites.push_back(std::move(site));
  }
  const std::string text = AnalysisToText(analysis);
  state.counters["MB"] = static_cast<double>(text.size()) / 1e6;
  for (auto _ : state) {
    const auto loaded = OrDie(AnalysisFromText(text, "analysis.json"));
    auto space = OrDie(FaultSpace::Create(loaded));
    benchmark::DoNotOptimize(space);
  }
}

constexpr auto kNone = static_cast<long>(Reduction::kNone);
constexpr auto kDynamic = static_cast<long>(Reduction::kDynamic);
constexpr auto kSound = static_cast<long>(Reduction::kSound);
constexpr auto kOutcomes = static_cast<long>(Reduction::kOutcomes);

BENCHMARK(BM_Streaming)
    ->Arg(kNone)
    ->Arg(kDynamic)
    ->Arg(kSound)
    ->Arg(kOutcomes)
    ->Unit(benchmark::kMillisecond);
BENCHMARK(BM_LoadAnalysis)->Unit(benchmark::kMillisecond);
BENCHMARK(BM_Space)
    ->ArgNames({"calls", "reduction"})
    ->Args({4, kNone})
    ->Args({4, kDynamic})
    ->Args({5, kNone})
    ->Args({5, kDynamic})
    ->Args({6, kNone})
    ->Args({6, kDynamic})
    ->Unit(benchmark::kMillisecond)
    ->Iterations(1);

}  // namespace
}  // namespace filibuster

BENCHMARK_MAIN();
