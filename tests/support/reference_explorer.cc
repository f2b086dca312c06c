#include "tests/support/reference_explorer.h"

#include <map>
#include <optional>
#include <regex>
#include <set>
#include <tuple>

namespace filibuster {
namespace {

using Path = std::vector<std::pair<std::string, int>>;

struct Way {
  bool exception = false;
  std::string name;  // of the exception, or the status
  auto operator<=>(const Way&) const = default;
};

struct LogEntry {
  Path path;
  Path parent;
  std::string method;  // "httplib.Get"
  std::string target;
  bool external = false;
  bool timeout = false;
  std::optional<Way> injected;
  std::string status;  // "" after an exception
};

using Faults = std::map<Path, Way>;
using Log = std::vector<LogEntry>;

class Interpreter {
 public:
  Interpreter(const Json& model, const Faults& faults) : model_(model), faults_(faults) {}

  int Request(const std::string& service, const Path& path) {
    std::set<std::string> flags;
    std::map<std::string, int> counts;
    return Body(model_["services"][service], service, path, flags, counts).value_or(200);
  }

  Log log;

 private:
  std::optional<int> Body(const Json& body, const std::string& service, const Path& path,
                          std::set<std::string>& flags, std::map<std::string, int>& counts) {
    for (const Json& statement : body) {
      std::optional<int> status;
      if (statement.contains("call")) {
        status = Call(statement, service, path, flags, counts);
      } else if (statement.contains("return")) {
        status = statement["return"].get<int>();
      } else if (statement.contains("set")) {
        flags.insert(statement["set"].get<std::string>());
      } else {
        const bool set = flags.contains(statement["if"].get<std::string>());
        const char* key = set ? "then" : "else";
        if (statement.contains(key)) status = Body(statement[key], service, path, flags, counts);
      }
      if (status) return status;
    }
    return std::nullopt;
  }

  std::optional<int> Call(const Json& statement, const std::string& service, const Path& path,
                          std::set<std::string>& flags, std::map<std::string, int>& counts) {
    const Json& call = statement["call"];
    LogEntry entry;
    entry.parent = path;
    entry.target = call["service"];
    entry.method = call.value("module", "httplib") + "." + call.value("method", "Get");
    entry.external = !call.value("instrumented", true);
    entry.timeout = call.contains("timeout");
    const std::string signature =
        service + "|" + call.value("site", "") + "|" + entry.method + "|" + entry.target;
    entry.path = path;
    entry.path.emplace_back(signature, ++counts[signature]);
    if (const auto it = faults_.find(entry.path); it != faults_.end()) entry.injected = it->second;
    const size_t at = log.size();
    log.push_back(entry);

    if (entry.injected) {
      if (!entry.injected->exception) entry.status = entry.injected->name;
    } else {
      entry.status = entry.external ? "200" : std::to_string(Request(entry.target, entry.path));
    }
    log[at].status = entry.status;

    const bool exception = entry.injected && entry.injected->exception;
    if (exception || entry.status != "200") {
      for (const Json& clause : statement.value("on", Json::array())) {
        for (const Json& fault : clause["faults"]) {
          const bool taken = fault == "any" || (fault == "exception" && exception) ||
                             (fault == "status" && !exception) ||
                             fault == (exception ? entry.injected->name : entry.status);
          if (taken) return Body(clause["do"], service, path, flags, counts);
        }
      }
      if (exception) return 500;
    }
    return Body(statement.value("ok", Json::array()), service, path, flags, counts);
  }

  const Json& model_;
  const Faults& faults_;
};

bool Matches(const std::string& text, const Json& pattern) {
  return std::regex_search(text, std::regex(pattern.get<std::string>()),
                           std::regex_constants::match_continuous);
}

std::vector<Way> WaysToFail(const Json& analysis, const LogEntry& call) {
  std::vector<Way> ways;
  for (const auto& [name, module] : analysis.items()) {
    if (!Matches(call.method, module["pattern"])) continue;
    for (const Json& exception : module.value("exceptions", Json::array())) {
      if (exception.contains("restrictions") && !call.timeout) continue;
      ways.push_back({true, exception["name"]});
    }
  }
  if (call.external) return ways;
  for (const auto& [name, module] : analysis.items()) {
    if (!Matches(call.method, module["pattern"])) continue;
    for (const Json& errors : module.value("errors", Json::array())) {
      if (!Matches(call.target, errors["service_name"])) continue;
      for (const Json& type : errors["types"]) {
        ways.push_back({false, type["return_value"]["status_code"]});
      }
    }
  }
  return ways;
}

// Whether the call occurred in an earlier execution as it would now.
bool SameOutcome(const LogEntry& now, const Faults& faults, const LogEntry& before) {
  if (now.path != before.path) return false;
  const auto failing = faults.find(now.path);
  if (failing == faults.end()) return !before.injected;
  if (failing->second.exception) return before.injected == failing->second;
  return before.status == failing->second.name;
}

bool Prunable(const Log& prefix, const Faults& faults, const std::vector<Log>& ran) {
  std::map<Path, std::vector<const LogEntry*>> requests;
  for (const LogEntry& entry : prefix) requests[entry.parent].push_back(&entry);
  for (const auto& [request, children] : requests) {
    bool found = false;
    for (const Log& earlier : ran) {
      bool all = true;
      for (const LogEntry* child : children) {
        bool occurred = false;
        for (const LogEntry& before : earlier) occurred |= SameOutcome(*child, faults, before);
        all &= occurred;
      }
      found |= all;
    }
    if (!found) return false;
  }
  return true;
}

std::string Text(const Log& prefix, const Faults& faults) {
  std::string text;
  for (const LogEntry& entry : prefix) {
    const auto it = faults.find(entry.path);
    if (it == faults.end()) continue;
    for (const auto& [signature, count] : entry.path) {
      text += "/" + signature + "#" + std::to_string(count);
    }
    text += "=" + it->second.name + " ";
  }
  return text;
}

struct Waiting {
  Faults faults;
  Log prefix;
};

}  // namespace

ReferenceExploration ExploreByReference(const Json& model, const Json& analysis, bool dynamic,
                                        size_t limit) {
  ReferenceExploration result;
  std::vector<Log> ran;
  std::vector<Waiting> stack = {{}};
  while (!stack.empty()) {
    const Waiting next = std::move(stack.back());
    stack.pop_back();
    if (dynamic && !next.faults.empty() && Prunable(next.prefix, next.faults, ran)) {
      ++result.pruned;
      continue;
    }
    if (ran.size() == limit) {
      result.complete = false;
      return result;
    }
    Interpreter interpreter(model, next.faults);
    interpreter.Request(model["entry"], {});
    result.ran.push_back(Text(next.prefix, next.faults));
    std::set<Path> reached;
    for (const LogEntry& entry : next.prefix) reached.insert(entry.path);
    for (size_t i = 0; i < interpreter.log.size(); ++i) {
      const LogEntry& entry = interpreter.log[i];
      if (reached.contains(entry.path)) continue;
      for (const Way& way : WaysToFail(analysis, entry)) {
        Waiting waiting = {next.faults, Log(interpreter.log.begin(),
                                            interpreter.log.begin() + static_cast<long>(i) + 1)};
        waiting.faults[entry.path] = way;
        stack.push_back(std::move(waiting));
      }
    }
    ran.push_back(std::move(interpreter.log));
  }
  return result;
}

}  // namespace filibuster
