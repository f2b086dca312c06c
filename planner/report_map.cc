#include <fmt/format.h>

#include <set>

#include "planner/report_pages.h"

namespace filibuster {
namespace {

using OrderedJson = nlohmann::ordered_json;

constexpr char kFunctionalTest[] = "functional test";

// Graphviz knows escapes in labels, "\N" and the like: names have none.
std::string Quoted(std::string_view text) {
  std::string quoted = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') quoted += '\\';
    quoted += c == '\n' ? ' ' : c;
  }
  return quoted + "\"";
}

std::string Node(const std::string& id, const std::string& label, std::string_view attributes) {
  return fmt::format("  {} [label={} {}]\n", Quoted(id), Quoted(label), attributes);
}

}  // namespace

std::string ServiceMapToDot(const OrderedJson& report) {
  const OrderedJson& map = report.at("service_map");
  std::string nodes;
  std::string edges;
  std::set<std::string> known;
  const auto add = [&](const std::string& name, bool external) {
    if (!known.insert(name).second) return;
    nodes += Node("service " + name, name,
                  external ? "class=external style=\"rounded,dashed\"" : "class=service");
  };
  nodes += Node("test", kFunctionalTest, "class=test shape=plaintext");
  for (const OrderedJson& entry : map.at("entries")) {
    add(entry, false);
    edges += fmt::format("  \"test\" -> {} [class=entry style=dashed]\n",
                         Quoted("service " + entry.get<std::string>()));
  }
  for (const OrderedJson& edge : map.at("edges")) add(edge.at("service"), false);
  for (const OrderedJson& edge : map.at("edges")) add(edge.at("target"), edge.at("external"));
  for (const OrderedJson& edge : map.at("edges")) {
    const std::string state = edge.at("state");
    const bool has_bug = state == "bug";
    const std::string label =
        fmt::format("{}\\n{} of {} faults", has_bug ? "a bug" : state,
                    edge.at("injected").get<size_t>(), edge.at("faults").get<size_t>());
    edges += fmt::format("  {} -> {} [label=\"{}\" class={}{}]\n",
                         Quoted("service " + edge.at("service").get<std::string>()),
                         Quoted("service " + edge.at("target").get<std::string>()), label,
                         has_bug ? "bug" : (state == "handled" ? "handled" : "never"),
                         has_bug ? " penwidth=2" : "");
  }
  return fmt::format(
      "digraph services {{\n"
      "  rankdir=LR bgcolor=transparent nodesep=0.4 ranksep=0.9\n"
      "  node [shape=box style=rounded fontname=\"sans-serif\" fontsize=13 height=0.45]\n"
      "  edge [fontname=\"sans-serif\" fontsize=11]\n{}{}}}\n",
      nodes, edges);
}

}  // namespace filibuster
