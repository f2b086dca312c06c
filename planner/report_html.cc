#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>
#include <kainjow/mustache.hpp>
#include <map>
#include <set>
#include <utility>
#include <vector>

#include "planner/embedded_page.h"
#include "planner/page_data.h"
#include "planner/report_pages.h"

namespace filibuster {
namespace {

namespace mustache = kainjow::mustache;
using OrderedJson = nlohmann::ordered_json;
using mustache::data;

constexpr int kLinesAround = 5;
constexpr size_t kMaxTestsNamed = 20;

const std::string& PagePart(std::string_view name) {
  const auto& parts = EmbeddedPage();
  return std::ranges::find(parts, name, &PageFile::name)->content;
}

data List() { return data(data::type::list); }

// False where there is no text: a name that is missing is looked up further out.
void SetText(data& object, const std::string& name, const std::string& text) {
  if (text.empty()) {
    object.set(name, false);
  } else {
    object.set(name, text);
  }
}

// "foo/foo.cc:17"
std::pair<std::string, int> PlaceFrom(const std::string& text) {
  const size_t colon = text.rfind(':');
  int line = 0;
  if (colon != text.npos) {
    std::from_chars(text.data() + colon + 1, text.data() + text.size(), line);
  }
  return {text.substr(0, colon), line};
}

// The lines that the report has of each file, and where they are on the page.
class Sources {
 public:
  explicit Sources(const OrderedJson& report) {
    if (!report.contains("sources")) return;
    for (const OrderedJson& source : report.at("sources")) {
      auto& lines = files_.emplace_back(source.at("file"), std::map<int, std::string>()).second;
      for (const OrderedJson& line : source.at("lines")) {
        lines.emplace(line.at("number"), line.at("text"));
      }
    }
  }

  bool empty() const { return files_.empty(); }

  // The id of the line's element; empty: it is not shown.
  std::string LinkTo(const std::string& file, int line) const {
    for (size_t i = 0; i < files_.size(); ++i) {
      if (files_[i].first == file && files_[i].second.contains(line)) return IdOf(i, line);
    }
    return {};
  }
  std::string LinkTo(const std::string& place) const {
    const auto [file, line] = PlaceFrom(place);
    return LinkTo(file, line);
  }

  // The lines around these, with what is to be said of them.
  struct Mark {
    std::string css_class;
    std::string remark;
  };
  data Excerpt(const std::string& file, const std::map<int, Mark>& marks) const {
    data list = List();
    const auto source = std::ranges::find(files_, file, &File::first);
    if (source == files_.end()) return list;
    int before = 0;
    for (const auto& [number, text] : source->second) {
      const bool is_near = std::ranges::any_of(
          marks, [&](const auto& mark) { return std::abs(mark.first - number) <= kLinesAround; });
      if (!is_near) continue;
      const auto mark = marks.find(number);
      data line = LineData(number, text, before);
      if (mark != marks.end()) line.set("class", mark->second.css_class);
      SetText(line, "remark", mark == marks.end() ? "" : mark->second.remark);
      list.push_back(line);
      before = number;
    }
    return list;
  }

  data All() const {
    data list = List();
    for (size_t i = 0; i < files_.size(); ++i) {
      data file;
      file.set("file", files_[i].first);
      data lines = List();
      int before = 0;
      for (const auto& [number, text] : files_[i].second) {
        data line = LineData(number, text, before);
        line.set("id", IdOf(i, number));
        lines.push_back(line);
        before = number;
      }
      file.set("lines", lines);
      list.push_back(file);
    }
    return list;
  }

 private:
  using File = std::pair<std::string, std::map<int, std::string>>;

  static std::string IdOf(size_t file, int line) { return fmt::format("s{}-{}", file, line); }

  static data LineData(int number, const std::string& text, int before) {
    data line;
    line.set("number", std::to_string(number));
    line.set("text", text);
    SetText(line, "class", before != 0 && number != before + 1 ? "gap" : "");
    return line;
  }

  std::vector<File> files_;
};

data SiteData(const OrderedJson& site, const OrderedJson& fault, const Sources& sources) {
  const std::string place = site.at("call_site");
  const auto [file, line] = PlaceFrom(place);
  data object;
  object.set("call_site", place);
  SetText(object, "link", sources.LinkTo(place));
  std::map<int, Sources::Mark> marks;
  std::string missing;
  for (const OrderedJson& handler : site.value("handlers", OrderedJson::array())) {
    const std::string faults =
        fmt::format("{}", fmt::join(handler.at("faults").get<std::vector<std::string>>(), ", "));
    const std::string outcome = handler.at("outcome");
    if (handler.at("takes_it")) {
      missing = handler.at("unhandled")
                    ? fmt::format("No handler takes {}: it {}.", faults, outcome)
                    : fmt::format("It goes to {}: {}.", handler.at("handler").get<std::string>(),
                                  outcome);
    }
    if (!handler.contains("file") || handler.at("file") != file) continue;
    marks[handler.at("line")] = {"taker", fmt::format("← takes {}: {}", faults, outcome)};
  }
  const std::string words = fault.at("words");
  marks[line] = {"struck", "← " + words};
  SetText(object, "missing", missing);
  const data lines = sources.Excerpt(file, marks);
  object.set("has_lines", lines.is_non_empty_list());
  object.set("lines", lines);
  return object;
}

std::string OutputOf(const OrderedJson& report, const OrderedJson& number) {
  for (const OrderedJson& execution : report.at("test_executions")) {
    if (execution.at("number") == number) return execution.value("output", "");
  }
  return {};
}

data BugData(const OrderedJson& report, size_t index, const Sources& sources) {
  const OrderedJson& bug = report.at("bugs")[index];
  data object;
  object.set("index", std::to_string(index));
  object.set("number", std::to_string(index + 1));
  for (const char* key : {"words", "status"}) object.set(key, bug.at(key).get<std::string>());
  SetText(object, "replay", bug.at("replay"));
  SetText(object, "answered", bug.at("answered"));
  object.set("minimal", bug.at("minimal").get<bool>());
  const OrderedJson& numbers = bug.at("executions");
  data tests = List();
  for (size_t i = 0; i < std::min(numbers.size(), kMaxTestsNamed); ++i) {
    data test;
    test.set("test", numbers[i].dump());
    test.set("is_first", i == 0);
    tests.push_back(test);
  }
  object.set("tests", tests);
  SetText(object, "more_tests",
          numbers.size() > kMaxTestsNamed ? std::to_string(numbers.size() - kMaxTestsNamed) : "");
  object.set("has_alike", !bug.at("alike").empty());
  data alike = List();
  for (const OrderedJson& failure : bug.at("alike")) {
    data item;
    item.set("words", failure.at("words").get<std::string>());
    item.set("test", failure.at("executions")[0].dump());
    alike.push_back(item);
  }
  object.set("alike", alike);
  data sites = List();
  for (size_t i = 0; i < bug.at("sites").size(); ++i) {
    sites.push_back(SiteData(bug.at("sites")[i], bug.at("counterexample")[i], sources));
  }
  object.set("sites", sites);
  SetText(object, "output", numbers.empty() ? "" : OutputOf(report, numbers[0]));
  return object;
}

std::string Text(const OrderedJson& number) { return number.dump(); }

data Figure(const std::string& name, const std::string& value, const std::string& note = "",
            const std::string& css_class = "") {
  data figure;
  figure.set("name", name);
  figure.set("value", value);
  SetText(figure, "note", note);
  SetText(figure, "class", css_class);
  return figure;
}

data Figures(const OrderedJson& report, size_t handlers_taken) {
  std::set<std::string> services;
  size_t faults = 0;
  size_t injected = 0;
  for (const OrderedJson& edge : report.at("service_map").at("edges")) {
    services.insert(edge.at("service"));
    services.insert(edge.at("target"));
    faults += edge.at("faults").get<size_t>();
    injected += edge.at("injected").get<size_t>();
  }
  const OrderedJson& executions = report.at("executions");
  const size_t bugs = report.at("bugs").size();
  const double seconds = report.at("elapsed_s");
  data figures = List();
  figures.push_back(Figure("Distinct bugs", std::to_string(bugs), "", bugs > 0 ? "bad" : ""));
  figures.push_back(Figure("Executions", Text(executions.at("run")),
                           fmt::format("{} failed, {} undelivered", Text(executions.at("failed")),
                                       Text(executions.at("undelivered")))));
  figures.push_back(Figure("Skipped", std::to_string(report.at("skipped").size()), "fault sets"));
  figures.push_back(Figure("Faults injected", fmt::format("{} of {}", injected, faults)));
  figures.push_back(
      Figure("Services", std::to_string(services.size()),
             fmt::format("{} calling pairs", report.at("service_map").at("edges").size())));
  if (!report.at("handlers").empty()) {
    figures.push_back(Figure("Handlers exercised", fmt::format("{} of {}", handlers_taken,
                                                               report.at("handlers").size())));
  }
  figures.push_back(Figure("Time", fmt::format("{:.{}f} s", seconds, seconds < 100 ? 2 : 0)));
  return figures;
}

data EdgeData(const OrderedJson& edge) {
  data object;
  for (const char* key : {"service", "target", "state"}) {
    object.set(key, edge.at(key).get<std::string>());
  }
  for (const char* key : {"calls", "faults", "injected", "failed"}) {
    object.set(key, Text(edge.at(key)));
  }
  object.set("max", std::to_string(std::max<size_t>(1, edge.at("faults"))));
  object.set("external", edge.at("external").get<bool>());
  object.set("class", edge.at("state").get<std::string>());
  return object;
}

data HandlerData(const OrderedJson& handler, const Sources& sources) {
  data object;
  object.set("handler", handler.at("handler").get<std::string>());
  SetText(object, "link", sources.LinkTo(handler.at("file"), handler.at("line")));
  const std::string target = handler.at("target");
  object.set("call", fmt::format("{} → {} at {}", handler.at("service").get<std::string>(),
                                 target.empty() ? "?" : target,
                                 handler.at("call_site").get<std::string>()));
  data faults = List();
  for (const OrderedJson& name : handler.at("faults")) {
    data fault;
    fault.set("name", name.get<std::string>());
    faults.push_back(fault);
  }
  object.set("faults", faults);
  object.set("predicted", handler.at("predicted").get<std::string>());
  object.set("unhandled", handler.at("unhandled").get<bool>());
  std::string badge = handler.at("confirmation");
  std::string css_class = badge;
  if (badge.empty() && handler.at("unhandled") && handler.at("failed") > 0) {
    badge = "test failed";
    css_class = "failed";
  }
  SetText(object, "badge", badge);
  object.set("class", css_class);
  object.set("seen", SeenText(handler));
  SetText(object, "first", handler.contains("first") ? Text(handler.at("first")) : "");
  return object;
}

data Reasons(const OrderedJson& report) {
  std::map<std::string_view, std::pair<const SkipKind*, size_t>> counts;
  for (const OrderedJson& set : report.at("skipped")) {
    const SkipKind& kind = KindOf(set.at("reason"));
    auto& [of, count] = counts[kind.key];
    of = &kind;
    ++count;
  }
  data reasons = List();
  for (const auto& [key, counted] : counts) {
    data reason;
    reason.set("count", std::to_string(counted.second));
    reason.set("name", std::string(counted.first->name));
    const std::string ended_by = report.at("ended_by");
    reason.set("text", key == "ended_by" && !ended_by.empty()
                           ? fmt::format("the run was ended by {}", ended_by)
                           : std::string(counted.first->text));
    reasons.push_back(reason);
  }
  return reasons;
}

template <typename Convert>
data ListOf(const OrderedJson& items, const Convert& convert) {
  data list = List();
  for (const OrderedJson& item : items) list.push_back(convert(item));
  return list;
}

}  // namespace

std::string ReportToHtml(const OrderedJson& report, std::string_view map) {
  const Sources sources(report);
  data page;
  page.set("style", PagePart("page/report.css"));
  page.set("script", PagePart("page/report.js"));
  page.set("data", PageData(report));
  for (const char* key : {"functional_test", "outcome", "verdict"}) {
    page.set(key, report.at(key).get<std::string>());
  }
  SetText(page, "error", report.value("error", ""));

  // What the analysis says that nobody takes comes first.
  std::vector<OrderedJson> handlers = report.at("handlers");
  std::ranges::stable_partition(handlers, [](const auto& each) { return each.at("unhandled"); });
  const auto taken = std::ranges::count_if(
      handlers, [](const OrderedJson& handler) { return handler.contains("first"); });
  page.set("figures", Figures(report, static_cast<size_t>(taken)));
  page.set("has_handlers", !handlers.empty());
  page.set("handlers_taken", std::to_string(taken));
  page.set("handlers_all", std::to_string(handlers.size()));
  page.set("handlers", ListOf(handlers, [&](const OrderedJson& handler) {
             return HandlerData(handler, sources);
           }));

  page.set("has_warnings", !report.at("warnings").empty());
  page.set("warnings", ListOf(report.at("warnings"), [](const OrderedJson& warning) {
             data object;
             object.set("text", warning.get<std::string>());
             return object;
           }));
  const size_t bug_count = report.at("bugs").size();
  page.set("has_bugs", bug_count > 0);
  page.set("bug_count", std::to_string(bug_count));
  page.set("no_bugs", NoBugsText(report));
  data bugs = List();
  for (size_t i = 0; i < bug_count; ++i) bugs.push_back(BugData(report, i, sources));
  page.set("bugs", bugs);

  const OrderedJson& edges = report.at("service_map").at("edges");
  page.set("has_edges", !edges.empty());
  SetText(page, "map", edges.empty() ? "" : std::string(map));
  page.set("edges", ListOf(edges, EdgeData));

  page.set("run", Text(report.at("executions").at("run")));
  page.set("skipped_count", std::to_string(report.at("skipped").size()));
  page.set("has_skipped", !report.at("skipped").empty());
  page.set("reasons", Reasons(report));
  page.set("has_sources", !sources.empty());
  page.set("sources", sources.All());
  page.set(
      "footer",
      report.contains("reduction")
          ? fmt::format("Reduction {}, order {}.", report.at("reduction").get<std::string>(),
                        report.at("order").get<std::string>())
          : fmt::format("A replay of {}.", report.at("counterexample_file").get<std::string>()));
  mustache::mustache page_template(PagePart("page/report.html"));
  return page_template.render(page);
}

}  // namespace filibuster
