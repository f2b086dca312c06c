#include "planner/page_data.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>

namespace filibuster {
namespace {

using OrderedJson = nlohmann::ordered_json;

constexpr std::array kSkipKinds = {
    SkipKind{"implied_by", "shown by other executions",
             "every service would only do what it was seen to do in them"},
    SkipKind{"same_branch_as", "same branch", "another fault of the call takes the same handler"},
    SkipKind{"same_outcome_as", "same outcome",
             "nobody outside the service can tell it from another fault of the call"},
    SkipKind{"over_max_faults", "over --max-faults", "the set has more faults than were asked for"},
    SkipKind{"ended_by", "not reached", "the run ended before its turn"}};

// "Get 5001/bar/baz"
std::string LabelOf(const OrderedJson& call) {
  std::string label = call.at("method");
  const OrderedJson& args = call.at("args");
  if (args.is_array() && !args.empty()) {
    label += " " + (args[0].is_string() ? args[0].get<std::string>() : args[0].dump());
  }
  return label;
}

class Calls {
 public:
  OrderedJson EventsToJson(const OrderedJson& events) {
    OrderedJson list = OrderedJson::array();
    for (const OrderedJson& event : events) {
      list.push_back({Enter(event), event.contains("caller") ? event.at("caller").get<int>() : -1,
                      event.value("result", ""), event.at("fault_injected"), event.at("received")});
    }
    return list;
  }

  OrderedJson Take() { return std::move(calls_); }

 private:
  size_t Enter(const OrderedJson& event) {
    const OrderedJson call = {{"from", event.at("service")},
                              {"to", TargetOf(event)},
                              {"words", event.at("words")},
                              {"label", LabelOf(event)},
                              {"place", event.at("callsite_file").get<std::string>() + ":" +
                                            event.at("callsite_line").get<std::string>()}};
    const auto [it, is_new] = ids_.emplace(call.dump(), calls_.size());
    if (is_new) calls_.push_back(call);
    return it->second;
  }

  static std::string TargetOf(const OrderedJson& event) {
    if (event.contains("target_service")) return event.at("target_service");
    const OrderedJson& args = event.at("args");
    if (!args.is_array() || args.empty()) return "?";
    return args[0].is_string() ? args[0].get<std::string>() : args[0].dump();
  }

  OrderedJson calls_ = OrderedJson::array();
  std::map<std::string, size_t> ids_;
};

// Positions of the calls that a request caused, and what it was answered with.
OrderedJson AnswersToJson(const OrderedJson& answers) {
  OrderedJson list = OrderedJson::array();
  for (const OrderedJson& answer : answers) {
    list.push_back({answer.at("calls"), answer.at("result")});
  }
  return list;
}

}  // namespace

const SkipKind& KindOf(const OrderedJson& reason) {
  const auto kind = std::ranges::find_if(
      kSkipKinds, [&](const SkipKind& candidate) { return reason.contains(candidate.key); });
  return kind == kSkipKinds.end() ? kSkipKinds.back() : *kind;
}

std::string PageData(const OrderedJson& report) {
  Calls calls;
  OrderedJson executions = OrderedJson::array();
  for (const OrderedJson& execution : report.at("test_executions")) {
    executions.push_back({execution.at("number"), execution.at("words"), execution.at("outcome"),
                          execution.value("status", ""), execution.at("duration_ms"),
                          calls.EventsToJson(execution.at("calls")), execution.value("output", ""),
                          execution.value("undelivered", OrderedJson::array()),
                          AnswersToJson(execution.at("answers")), execution.at("answered")});
  }
  OrderedJson bugs = OrderedJson::array();
  for (const OrderedJson& bug : report.at("bugs")) {
    bugs.push_back({{"status", bug.at("status")},
                    {"calls", calls.EventsToJson(bug.at("calls"))},
                    {"answers", AnswersToJson(bug.at("answers"))}});
  }
  OrderedJson skipped = OrderedJson::array();
  for (const OrderedJson& set : report.at("skipped")) {
    skipped.push_back({set.value("number", 0), set.at("words"), set.at("reason").at("words"),
                       KindOf(set.at("reason")).name});
  }
  const std::string text = OrderedJson{
      {"calls", calls.Take()},
      {"executions", std::move(executions)},
      {"bugs", std::move(bugs)},
      {"skipped",
       std::move(skipped)}}.dump();
  std::string escaped;
  for (const char c : text) {
    // In JSON, it stands in strings only. Without it there is neither "</script" nor "<!--".
    escaped += c == '<' ? std::string("\\u003c") : std::string(1, c);
  }
  return escaped;
}

std::string NoBugsText(const OrderedJson& report) {
  if (report.contains("counterexample_file") && !report.at("test_executions").empty()) {
    return "This is a replay: test 1 below shows what happened under the counterexample's faults.";
  }
  if (report.at("executions").at("failed") == 0) {
    return report.at("outcome") == "passed"
               ? "None: the functional test passed under every fault set that was run."
               : "None was found, but the run does not say that there is none.";
  }
  const OrderedJson& first = report.at("test_executions")[0];
  if (first.at("outcome") == "failed" && first.at("faults").empty()) {
    return "The functional test fails without any fault: test 1 below says how.";
  }
  return "The failing executions were not told apart: they are among the executions below.";
}

std::string SeenText(const OrderedJson& handler) {
  if (handler.contains("why_never")) {
    return fmt::format("never exercised: {}", handler.at("why_never").get<std::string>());
  }
  std::string seen;
  for (const auto& [answer, count] : handler.at("answers").items()) {
    seen += fmt::format("{} ({}×), ", answer, count.dump());
  }
  if (seen.empty()) seen = "answer not seen, ";
  return seen + fmt::format("failing tests: {} of {}", handler.at("failed").dump(),
                            handler.at("executions").dump());
}

}  // namespace filibuster
