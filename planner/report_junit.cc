#include <fmt/format.h>

#include "planner/report_pages.h"

namespace filibuster {
namespace {

using OrderedJson = nlohmann::ordered_json;

// XML 1.0 has no way to write most control characters.
std::string Escaped(std::string_view text) {
  std::string escaped;
  for (const char c : text) {
    switch (c) {
      case '&':
        escaped += "&amp;";
        break;
      case '<':
        escaped += "&lt;";
        break;
      case '>':
        escaped += "&gt;";
        break;
      case '"':
        escaped += "&quot;";
        break;
      default:
        if (static_cast<unsigned char>(c) < ' ' && c != '\n' && c != '\t') {
          escaped += fmt::format("\\x{:02x}", c);
        } else {
          escaped += c;
        }
    }
  }
  return escaped;
}

std::string Attribute(std::string_view name, std::string_view value) {
  return fmt::format(" {}=\"{}\"", name, Escaped(value));
}

double Seconds(const OrderedJson& execution) {
  return execution.at("duration_ms").get<double>() / 1000;
}

// "<failure …>…</failure>" of an execution that did not pass.
std::string TroubleOf(const OrderedJson& execution) {
  const std::string outcome = execution.at("outcome");
  if (outcome == "passed") return {};
  std::string message = execution.value("status", "");
  if (outcome == "undelivered") {
    message.clear();
    for (const OrderedJson& reason : execution.at("undelivered")) {
      message += (message.empty() ? "" : "; ") + reason.get<std::string>();
    }
  }
  const std::string answered = execution.at("answered");
  if (!answered.empty()) message += (message.empty() ? "" : "; ") + answered;
  const char* element = outcome == "failed" ? "failure" : "error";
  return fmt::format("      <{0}{1}{2}>{3}</{0}>\n", element, Attribute("message", message),
                     Attribute("type", outcome), Escaped(execution.value("output", "")));
}

std::string TestCase(const OrderedJson& execution, const std::string& suite) {
  const std::string name = fmt::format("test {}: {}", execution.at("number").get<int>(),
                                       execution.at("words").get<std::string>());
  const std::string start =
      fmt::format("    <testcase{}{} time=\"{:.3f}\"", Attribute("name", name),
                  Attribute("classname", suite), Seconds(execution));
  const std::string trouble = TroubleOf(execution);
  if (trouble.empty()) return start + "/>\n";
  return fmt::format("{}>\n{}    </testcase>\n", start, trouble);
}

}  // namespace

std::string ReportToJunit(const OrderedJson& report) {
  const std::string suite = report.at("functional_test");
  std::string cases;
  size_t count = 0;
  double seconds = 0;
  for (const OrderedJson& execution : report.at("test_executions")) {
    cases += TestCase(execution, suite);
    seconds += Seconds(execution);
    ++count;
  }
  const OrderedJson unplanned = report.value("unplanned_call_sites", OrderedJson::array());
  for (const OrderedJson& site : unplanned) {
    cases += fmt::format(
        "    <testcase{}{}>\n      <skipped{}/>\n    </testcase>\n",
        Attribute("name", "faults of " + site.get<std::string>()), Attribute("classname", suite),
        Attribute("message", "no fault was planned: seen in an earlier run without faults only"));
    ++count;
  }
  const OrderedJson& executions = report.at("executions");
  size_t errors = executions.at("undelivered");
  if (report.contains("error") || count == 0) {
    // What keeps the run from saying anything must not look like a suite that passed.
    const std::string why = report.value("error", report.at("ended_by").get<std::string>());
    cases += fmt::format(
        "    <testcase name=\"the whole run\"{}>\n      <error{}/>\n"
        "    </testcase>\n",
        Attribute("classname", suite), Attribute("message", why));
    ++errors;
    ++count;
  }
  const std::string figures =
      fmt::format(" tests=\"{}\" failures=\"{}\" errors=\"{}\" skipped=\"{}\" time=\"{:.3f}\"",
                  count, executions.at("failed").get<size_t>(), errors, unplanned.size(), seconds);
  return fmt::format(
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites{0}>\n"
      "  <testsuite{1}{0}>\n{2}  </testsuite>\n</testsuites>\n",
      figures, Attribute("name", suite), cases);
}

}  // namespace filibuster
