#include "runtime/offline_replay.h"

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <optional>
#include <system_error>

#include "runtime/call_likeness.h"
#include "runtime/execution_index.h"
#include "runtime/warn.h"

namespace filibuster {
namespace {

constexpr int kSchemaVersion = 1;

// A member of an object; null if there is none.
const Json& At(const Json& object, const char* key) {
  static const Json null;
  if (!object.is_object()) return null;
  const auto it = object.find(key);
  return it == object.end() ? null : *it;
}

std::string TextOf(const Json& json) {
  return json.is_string() ? json.get<std::string>() : json.is_null() ? "" : json.dump();
}

// Python and nlohmann::json put spaces differently.
std::string Normalized(const std::string& index) {
  const auto parsed = ParseExecutionIndex(index);
  return parsed ? ExecutionIndexText(*parsed) : index;
}

// What the entries of `faults`, of `log` and of `failures` have in common. Nullopt without an
// execution index.
std::optional<Invocation> CallOf(const Json& entry) {
  const Json& index = At(entry, "execution_index");
  if (!index.is_string()) return std::nullopt;
  Invocation call;
  call.execution_index = Normalized(index.get<std::string>());
  const char* const key = entry.contains("service") ? "service" : "source_service_name";
  call.source_service_name = TextOf(At(entry, key));
  call.module = TextOf(At(entry, "module"));
  call.method = TextOf(At(entry, "method"));
  call.callsite_file = TextOf(At(entry, "callsite_file"));
  call.callsite_line = TextOf(At(entry, "callsite_line"));
  if (const Json& args = At(entry, "args"); args.is_array()) call.args = args;
  return call;
}

UnstableSites UnstableOf(const Json& json) {
  UnstableSites sites;
  if (!json.is_object()) return sites;
  for (const auto& [site, parts] : json.items()) {
    for (const Json& part : parts) {
      if (part == "target") sites[site].target = true;
      if (part == "count") sites[site].count = true;
    }
  }
  return sites;
}

std::string Describe(const Fault& fault) {
  if (const auto* exception = std::get_if<ForcedException>(&fault)) return exception->name;
  const auto& failure = std::get<FailureMetadata>(fault);
  return TextOf(failure.exception.is_object() ? At(At(failure.exception, "metadata"), "code")
                                              : At(failure.return_value, "status_code"));
}

// Nullopt, with errno set, if it cannot be read.
std::optional<std::string> ReadFile(const std::string& path) {
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::fopen(path.c_str(), "rbe"),
                                                             std::fclose);
  if (file == nullptr) return std::nullopt;
  std::string text;
  char block[4096];
  while (const size_t count = std::fread(block, 1, sizeof block, file.get())) {
    text.append(block, count);
  }
  if (std::ferror(file.get()) != 0) return std::nullopt;
  return text;
}

// What the file says, before it is known to be whole.
struct Reader {
  const Json& json;
  std::vector<OfflineReplay::PlannedFor> faults;
  std::map<std::string, OfflineReplay::PlannedFor> logged;  // by execution index
  std::set<std::string> known;
  UnstableSites unstable;

  // Each returns what is wrong; "": nothing.
  std::string ReadLog(const Json& execution) {
    StableIndex stable(unstable);
    std::map<std::string, int> occurrences;
    for (const Json& entry : At(execution, "log")) {
      auto call = CallOf(entry);
      if (!call) return "TestExecution: log: expected an execution_index in each entry";
      call->execution_index = stable.Of(*call);
      const int occurrence = ++occurrences[LikenessOf(*call)];
      const std::string index = call->execution_index;
      known.insert(index);
      logged.insert({index, {*std::move(call), "", occurrence, {}}});
    }
    for (const Json& entry : At(execution, "response_log")) {
      const auto call = CallOf(entry);
      const auto it = call ? logged.find(call->execution_index) : logged.end();
      if (it != logged.end()) it->second.target_service = TextOf(At(entry, "target_service_name"));
    }
    return "";
  }

  std::string ReadFault(const Json& entry, bool is_ours) {
    const auto call = CallOf(entry);
    if (!call) return "expected an execution_index in each fault";
    std::string error;
    auto fault = FaultFromJson(entry, &error);
    if (!fault) return error;
    if (!is_ours) {
      const auto it = logged.find(call->execution_index);
      if (it == logged.end()) return "the log has no call " + call->execution_index;
      it->second.fault = *std::move(fault);
      faults.push_back(it->second);
      return "";
    }
    const Json& occurrence = At(entry, "occurrence");
    faults.push_back({*call, TextOf(At(entry, "target_service")),
                      occurrence.is_number_integer() ? occurrence.get<int>() : 1,
                      *std::move(fault)});
    return "";
  }

  std::string Read() {
    if (!json.is_object()) return "expected a JSON object";
    const Json& version = At(json, "schema_version");
    if (!version.is_null() && version != kSchemaVersion) {
      return "schema_version: found " + version.dump() + ", expected 1";
    }
    Json execution;
    if (const Json& text = At(json, "TestExecution"); text.is_string()) {
      execution = Json::parse(text.get<std::string>(), nullptr, /*allow_exceptions=*/false);
    }
    unstable = UnstableOf(At(json, "unstable"));
    if (std::string error = ReadLog(execution); !error.empty()) return error;
    const bool is_ours = At(json, "faults").is_array();
    const Json& planned = is_ours ? At(json, "faults") : At(execution, "failures");
    if (!planned.is_array() || planned.empty()) {
      return "found no \"faults\", and no \"TestExecution\" with failures: this is no "
             "counterexample";
    }
    for (const Json& entry : planned) {
      if (std::string error = ReadFault(entry, is_ours); !error.empty()) return error;
    }
    return "";
  }
};

}  // namespace

std::unique_ptr<OfflineReplay> OfflineReplay::FromEnvironment(std::string* error) {
  const char* path = std::getenv("FILIBUSTER_COUNTEREXAMPLE");
  if (path == nullptr || *path == '\0') return nullptr;
  const char* url = std::getenv("FILIBUSTER_URL");
  if (url != nullptr && *url != '\0') {
    Warn("FILIBUSTER_COUNTEREXAMPLE is not looked at, because there is a FILIBUSTER_URL");
    return nullptr;
  }
  auto replay = FromFile(path, error);
  if (replay == nullptr) *error = "FILIBUSTER_COUNTEREXAMPLE: " + *error;
  return replay;
}

std::unique_ptr<OfflineReplay> OfflineReplay::FromFile(const std::string& path,
                                                       std::string* error) {
  const auto text = ReadFile(path);
  if (!text) {
    *error = path + ": cannot be read: " + std::generic_category().message(errno);
    return nullptr;
  }
  const Json json = Json::parse(*text, nullptr, /*allow_exceptions=*/false);
  Reader reader{json, {}, {}, {}, {}};
  *error = json.is_discarded() ? "found no JSON" : reader.Read();
  if (!error->empty()) {
    *error = path + ": " + *error;
    return nullptr;
  }
  return std::unique_ptr<OfflineReplay>(new OfflineReplay(
      path, std::move(reader.faults), std::move(reader.unstable), std::move(reader.known)));
}

CreateAnswer OfflineReplay::Create(const Invocation& call) {
  const std::lock_guard<ForkMutex> lock(mutex_);
  CreateAnswer answer;
  answer.generated_id = next_id_++;
  answer.execution_index = index_.Of(call);
  const std::string likeness = LikenessOf(call);
  const int occurrence = ++occurrences_[likeness];
  for (const PlannedFor& planned : faults_) {
    const bool is_it = planned.call.execution_index == answer.execution_index;
    if (!is_it && (known_.count(answer.execution_index) != 0 || planned.occurrence != occurrence ||
                   LikenessOf(planned.call) != likeness)) {
      continue;
    }
    const auto place = [](const Invocation& at) {
      return at.callsite_file + ":" + at.callsite_line;
    };
    std::string text =
        path_ + ": " + call.source_service_name + " -> " +
        (planned.target_service.empty() ? TextOf(call.args) : planned.target_service) + " (" +
        place(call) + "): " + Describe(planned.fault);
    if (!is_it) text += ", of the call like it at " + place(planned.call);
    Notice(text);
    answer.fault = planned.fault;
    break;
  }
  return answer;
}

}  // namespace filibuster
