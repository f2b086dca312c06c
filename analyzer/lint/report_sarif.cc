#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <nlohmann/json.hpp>

#include "analyzer/lint/checks.h"
#include "analyzer/lint/report.h"

namespace filibuster {
namespace {

using OrderedJson = nlohmann::ordered_json;

constexpr char kSchema[] =
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";
constexpr char kRoot[] = "%SRCROOT%";

// A path as a URI reference: RFC 3986's unreserved characters stay, the rest is escaped.
std::string UriOf(std::string_view path) {
  std::string uri;
  for (const unsigned char c : path) {
    const bool stays = std::isalnum(c) != 0 || std::string_view("-._~/").contains(c);
    uri += stays ? std::string(1, static_cast<char>(c)) : fmt::format("%{:02X}", c);
  }
  return uri;
}

OrderedJson ArtifactOf(const std::string& file) {
  if (file.starts_with('/')) return {{"uri", "file://" + UriOf(file)}};
  return {{"uri", UriOf(file)}, {"uriBaseId", kRoot}};
}

class SarifReporter {
 public:
  explicit SarifReporter(const LintReport& report) : report_(report) {}

  std::string Run() const {
    OrderedJson results = OrderedJson::array();
    for (const Finding& finding : report_.findings) results.push_back(Result(finding));
    const OrderedJson run = {
        {"tool",
         {{"driver",
           {{"name", "filibuster-analysis"},
            {"version", FILIBUSTER_VERSION},
            {"rules", Rules()}}}}},
        {"originalUriBaseIds",
         {{kRoot, {{"description", {{"text", "The root of the repository."}}}}}}},
        {"columnKind", "unicodeCodePoints"},
        {"results", std::move(results)}};
    OrderedJson log = {{"$schema", kSchema}, {"version", "2.1.0"}};
    log["runs"] = OrderedJson::array({run});
    return log.dump(2, ' ', false, OrderedJson::error_handler_t::replace) + "\n";
  }

 private:
  static OrderedJson Rules() {
    OrderedJson rules = OrderedJson::array();
    for (const Check& check : Checks()) {
      OrderedJson rule = {{"id", fmt::format("{}{}", kCheckPrefix, check.name)}};
      rule["shortDescription"] = {{"text", check.summary}};
      rule["help"] = {{"text", check.page}, {"markdown", check.page}};
      rule["defaultConfiguration"] = {{"level", "warning"}};
      rules.push_back(std::move(rule));
    }
    return rules;
  }

  // Clang's columns count bytes.
  int CharacterColumn(const SourceLocation& location) const {
    const std::vector<std::string>& lines = report_.source(location.file);
    if (static_cast<std::size_t>(location.line) > lines.size()) return location.column;
    const std::string& line = lines[static_cast<std::size_t>(location.line) - 1];
    const auto end = std::min(line.size(), static_cast<std::size_t>(location.column) - 1);
    return location.column -
           static_cast<int>(std::count_if(line.begin(), line.begin() + end, [](char c) {
             return (static_cast<unsigned char>(c) & 0xC0) == 0x80;
           }));
  }

  OrderedJson Physical(const SourceLocation& location) const {
    OrderedJson physical = {{"artifactLocation", ArtifactOf(location.file)}};
    if (location.line > 0) {
      physical["region"] = {{"startLine", location.line}};
      if (location.column > 0) physical["region"]["startColumn"] = CharacterColumn(location);
    }
    return physical;
  }

  OrderedJson Step(const SourceLocation& location, const std::string& message) const {
    return {
        {"location", {{"physicalLocation", Physical(location)}, {"message", {{"text", message}}}}}};
  }

  OrderedJson Result(const Finding& finding) const {
    const auto rule = std::ranges::find(Checks(), finding.check, &Check::name);
    OrderedJson location = {{"physicalLocation", Physical(finding.location)}};
    if (!finding.function.empty()) {
      location["logicalLocations"] =
          OrderedJson::array({{{"fullyQualifiedName", finding.function}, {"kind", "function"}}});
    }
    OrderedJson result = {{"ruleId", fmt::format("{}{}", kCheckPrefix, finding.check)},
                          {"ruleIndex", rule - Checks().begin()},
                          {"level", ToString(finding.severity)},
                          {"message", {{"text", finding.message}}}};
    result["locations"] = OrderedJson::array({std::move(location)});
    result["partialFingerprints"] = {{"filibusterFinding/v1", finding.fingerprint}};
    if (!finding.notes.empty()) {
      OrderedJson steps = OrderedJson::array({Step(finding.location, finding.message)});
      for (const Note& note : finding.notes) steps.push_back(Step(note.location, note.message));
      OrderedJson flow = OrderedJson::object();
      flow["threadFlows"] = OrderedJson::array({{{"locations", std::move(steps)}}});
      result["codeFlows"] = OrderedJson::array({std::move(flow)});
    }
    return result;
  }

  const LintReport& report_;
};

}  // namespace

std::string ReportSarif(const LintReport& report) { return SarifReporter(report).Run(); }

}  // namespace filibuster
