#include "analyzer/analyze.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <iterator>
#include <map>
#include <memory>
#include <set>
#include <utility>

#include "analyzer/compile_commands.h"
#include "analyzer/explain.h"
#include "analyzer/handlers.h"
#include "analyzer/library_model.h"
#include "analyzer/lint/source_findings.h"
#include "analyzer/program.h"
#include "analyzer/program_loader.h"
#include "analyzer/run_service.h"
#include "analyzer/service_errors.h"
#include "analyzer/sources.h"
#include "analyzer/status.h"
#include "analyzer/targets.h"
#include "base/console.h"

namespace filibuster {
namespace {

namespace fs = std::filesystem;

constexpr int kFirstError = 400;
constexpr int kLastError = 599;
constexpr int kNotFound = 404;  // what any server answers to a path that it does not know

void CollectStatuses(const Node& node, std::set<Status>& statuses) {
  if (node.op == Op::kInt && node.number >= kFirstError && node.number <= kLastError) {
    statuses.insert({.number = static_cast<int>(node.number)});
  }
  for (const Node& kid : node.kids) CollectStatuses(kid, statuses);
}

void LogError(const Status& status) {
  if (status.module.empty()) {
    LogInfo("* identified HTTP error: {{'return_value': {{'status_code': '{}'}}}}", status.Text());
  } else {
    LogInfo("* identified {} error: {{'exception': {{'metadata': {{'code': '{}'}}}}}}",
            status.module, status.Text());
  }
}

struct Service {
  const ServiceSources* sources = nullptr;
  std::string directory;  // absolute
  std::unique_ptr<Program> program;
  std::set<Status> tried;
  ServiceRun run;
  OwnErrors own;
  std::set<Status> errors;  // with those that are passed on
};

class Analyzer {
 public:
  Analyzer(const AnalyzerOptions& options, std::vector<ServiceSources> sources,
           BuildDescription build, std::vector<LibraryModel> models)
      : options_(options),
        models_(std::move(models)),
        sources_(std::move(sources)),
        root_(fs::canonical(options.services_directory)),
        loader_(options, models_, std::move(build), root_) {}

  std::expected<Analyzed, Error> Run() {
    LogInfo("About to analyze directory: {}", options_.services_directory.string());
    std::vector<std::string> names;
    for (const ServiceSources& service : sources_) {
      LogInfo("* found service implementation: {}", service.directory.string());
      names.push_back("'" + service.name + "'");
    }
    LogInfo("");
    LogInfo("Found services: [{}]", fmt::join(names, ", "));
    LogInfo("");
    for (const ServiceSources& sources : sources_) {
      Service& service = services_.emplace_back();
      service.sources = &sources;
      service.directory = fs::canonical(sources.directory).string();
      loader_.Begin(sources, service.directory);
    }
    for (Service& service : services_) AnalyzeService(service);
    if (FoundNothing()) {
      return std::unexpected(Error{fmt::format(
          "{}: none of its C++ sources parses, and no call or handler was found in them (the first "
          "error: {}); expected a compile_commands.json upward, -p, or --extra-arg=-I…",
          options_.services_directory.string(), loader_.unread().front())});
    }
    PassErrorsOn();
    for (const Service& service : services_) WarnOfCutOff(service);
    Analyzed analyzed{
        .analysis = Result(), .source_findings = SourceFindings(), .unread = loader_.unread()};
    if (options_.explain) {
      auto explanation = Explanation(*options_.explain);
      if (!explanation) return std::unexpected(explanation.error());
      analyzed.explanation = *std::move(explanation);
    }
    return analyzed;
  }

 private:
  void AnalyzeService(Service& service) {
    LogInfo("Analyzing service {} at directory {}", service.sources->name,
            service.sources->directory.string());
    service.program = loader_.Load(*service.sources, service.directory);
    for (const FileFacts* file : service.program->files()) {
      for (const FunctionFacts& function : file->functions) {
        for (const Node& init : function.inits) CollectStatuses(init, service.tried);
        CollectStatuses(function.body, service.tried);
      }
    }
    service.tried.insert({.number = kNotFound});
    for (const LibraryModel& model : models_) {
      for (const int status : model.statuses) service.tried.insert(StatusOf(model, status));
      if (model.HasHttpStatuses()) continue;
      service.tried.insert(ExceptionStatus(model));
    }
    Follow(service);
    for (const Status& status : service.own.statuses) LogError(status);
    LogInfo("");
  }

  static void WarnOfCutOff(const Service& service) {
    for (const ErrorSource& source : service.own.sources) {
      if (source.unresolved != kTooMuchToFollow) continue;
      LogWarning(
          "{}:{}: {} is too long to follow: the service may answer with errors that are "
          "not known",
          source.location.file, source.location.line, source.function);
    }
  }

  // Nothing was read in full, and what was read says nothing.
  bool FoundNothing() const {
    return !loader_.has_read() && std::ranges::all_of(services_, [](const Service& service) {
      const ServiceFacts& facts = service.run.facts;
      return facts.calls.empty() && facts.handlers.empty() && service.own.sources.empty();
    });
  }

  void Follow(Service& service) {
    ServiceFacts facts{.directory = service.directory,
                       .root = root_.string(),
                       .statuses = {service.tried.begin(), service.tried.end()}};
    service.run = RunService(*service.program, std::move(facts));
    service.own = ErrorsOf(service.run);
  }

  CallTarget TargetOf(const ObservedCall& call) const { return ResolveTarget(call.url, ports_); }

  std::set<Status> StatusesAt(const ObservedCall& call) const {
    const CallTarget target = TargetOf(call);
    std::set<Status> statuses;
    for (const Service& service : services_) {
      if (!target.service || *target.service == service.sources->name) {
        statuses.insert(service.errors.begin(), service.errors.end());
      }
    }
    if (!target.service) {
      for (const int status : call.library->statuses) {
        statuses.insert(StatusOf(*call.library, status));
      }
      if (!call.library->HasHttpStatuses()) statuses.insert(ExceptionStatus(*call.library));
    }
    return statuses;
  }

  // Statuses that a service answers with because one that it calls did: to a fixed point.
  void PassErrorsOn() {
    for (const Service& service : services_) {
      std::set<int>& ports = ports_[service.sources->name];
      for (const Listening& listening : service.run.facts.listening) {
        for (const Value& port : listening.port.Alternatives()) {
          if (port.Is(Value::Kind::kInt)) ports.insert(static_cast<int>(port.number()));
        }
      }
    }
    for (Service& service : services_) service.errors = service.own.statuses;
    for (bool changed = true; changed;) {
      changed = false;
      for (Service& service : services_) {
        bool is_new = false;
        for (const ObservedCall& call : service.run.facts.calls) {
          for (const Status& status : StatusesAt(call))
            is_new |= service.tried.insert(status).second;
        }
        if (is_new) Follow(service);
        changed |= AddErrorsAfter(service);
      }
    }
  }

  std::vector<SourceFinding> SourceFindings() const {
    std::vector<SourceFinding> findings;
    for (const Service& service : services_) {
      for (const FileFacts* file : service.program->files()) {
        std::ranges::move(SourceFindingsIn(*file, service.directory, root_.string()),
                          std::back_inserter(findings));
      }
    }
    return findings;
  }

  Analysis Result() const {
    Analysis analysis;
    for (const LibraryModel& model : models_) {
      Module module{.name = model.analysis_module, .pattern = model.pattern};
      for (const FaultModel& fault : model.faults) {
        if (!fault.extended) {
          module.exceptions.push_back({fault.name, fault.restrictions, fault.metadata});
        }
      }
      for (const Service& service : services_) {
        AddCallSites(service, model, module);
        if (!model.HasHttpStatuses() && HasErrors(service, model.module)) {
          module.errors.push_back(ErrorsOfService(service, model.module));
        }
      }
      analysis.modules.push_back(std::move(module));
    }
    Module http{.name = "http", .pattern = HttpPattern(models_)};
    for (const Service& service : services_) {
      if (HasErrors(service, "")) http.errors.push_back(ErrorsOfService(service, ""));
    }
    analysis.modules.push_back(std::move(http));
    return analysis;
  }

  bool AnswersWith(const ObservedCall& call, const std::string& status) const {
    return std::ranges::any_of(StatusesAt(call),
                               [&](const Status& one) { return one.Text() == status; });
  }

  // What the service answers with only if one that it calls answers with an error.
  bool AddErrorsAfter(Service& service) {
    bool changed = false;
    for (const auto& [answered, statuses] : service.own.after) {
      const ObservedCall& call = service.run.facts.calls[static_cast<std::size_t>(answered.first)];
      // Who is not known may answer anything.
      if (TargetOf(call).service && !AnswersWith(call, answered.second)) continue;
      for (const Status& status : statuses) {
        if (!service.errors.insert(status).second) continue;
        LogInfo("Service {}, when a call is answered {}:", service.sources->name, answered.second);
        LogError(status);
        changed = true;
      }
    }
    return changed;
  }

  // Of the calls at a place, or that are made through it.
  std::expected<std::string, Error> Explanation(const std::string& place) const {
    const std::size_t colon = place.rfind(':');
    const std::string file = place.substr(0, colon);
    const int line = colon == place.npos ? 0 : std::atoi(place.c_str() + colon + 1);
    std::string text;
    std::set<std::string> known;
    for (const Service& service : services_) {
      const std::vector<ObservedCall>& calls = service.run.facts.calls;
      for (std::size_t i = 0; i < calls.size(); ++i) {
        const bool is_meant = IsMeant(calls[i].location, file, line) ||
                              std::ranges::any_of(calls[i].via, [&](const CallStep& step) {
                                return IsMeant(step.location, file, line);
                              });
        known.insert(fmt::format("{}:{}", calls[i].location.file, calls[i].location.line));
        if (!is_meant) continue;
        std::set<std::string> applicable;
        for (const HandlerEntry& entry : Applicable(service, i)) {
          applicable.insert(entry.faults.begin(), entry.faults.end());
        }
        text += Explain(*service.program, service.run, static_cast<int>(i), TargetOf(calls[i]),
                        applicable);
      }
    }
    if (!text.empty()) return text;
    return std::unexpected(Error{fmt::format("{}: no call is made there, expected one of: {}",
                                             place, fmt::join(known, ", "))});
  }

  // `file` may be relative to the working directory or to the services directory.
  bool IsMeant(const SourceLocation& location, const std::string& file, int line) const {
    if (location.line != line) return false;
    const fs::path path = (root_ / location.file).lexically_normal();
    std::error_code ignored;
    return path == fs::weakly_canonical(file, ignored) || path == (root_ / file).lexically_normal();
  }

  // The handlers of a call, for the faults that its target can answer with.
  std::vector<HandlerEntry> Applicable(const Service& service, std::size_t index) const {
    const ObservedCall& call = service.run.facts.calls[index];
    std::set<std::string> statuses;
    for (const Status& status : StatusesAt(call)) statuses.insert(status.Text());
    std::vector<HandlerEntry> entries;
    for (HandlerEntry& entry : HandlersOf(service.run, static_cast<int>(index))) {
      std::erase_if(entry.faults, [&](const std::string& fault) {
        const bool is_status = std::ranges::any_of(call.faults, [&](const TriedFault& tried) {
          return tried.is_status && tried.name == fault;
        });
        return is_status && !statuses.contains(fault);
      });
      if (!entry.faults.empty()) entries.push_back(std::move(entry));
    }
    return entries;
  }

  void AddCallSites(const Service& service, const LibraryModel& model, Module& module) const {
    const std::vector<ObservedCall>& calls = service.run.facts.calls;
    for (std::size_t i = 0; i < calls.size(); ++i) {
      const ObservedCall& call = calls[i];
      if (call.library != &model) continue;
      CallSite site{.service = service.sources->name,
                    .location = call.location,
                    .function = call.function,
                    .via = call.via,
                    .module = model.module,
                    .method = call.method,
                    .target = TargetOf(call),
                    .timeout = call.has_timeout,
                    .timeout_seconds = call.timeout_seconds};
      site.handlers = Applicable(service, i);
      module.call_sites.push_back(std::move(site));
    }
  }

  static bool HasErrors(const Service& service, const std::string& module) {
    return std::ranges::any_of(service.errors,
                               [&](const Status& status) { return status.module == module; });
  }

  // The errors of HTTP, or those of a library that has its own.
  static ServiceErrors ErrorsOfService(const Service& service, const std::string& module) {
    ServiceErrors errors{.service_name = RegexFor(service.sources->name)};
    std::set<std::string> others;
    std::set<std::string> own;
    for (const Status& status : service.errors) {
      (status.module == module ? own : others).insert(status.Text());
    }
    for (ErrorSource source : service.own.sources) {
      const bool is_other =
          !own.contains(source.status_code) && others.contains(source.status_code);
      const bool is_number =
          source.status_code.find_first_not_of("0123456789") == std::string::npos;
      if (is_other || (!source.unresolved && is_number != module.empty())) continue;
      // No status that a callee answers with leads there.
      if (!source.unresolved && !own.contains(source.status_code)) source.unreached = true;
      errors.sources.push_back(std::move(source));
    }
    for (const Status& status : service.errors) {
      if (status.module != module) continue;
      if (module.empty()) {
        errors.types.push_back({.return_value = {{"status_code", status.Text()}}});
      } else {
        errors.types.push_back({.exception = {{"metadata", {{"code", status.Text()}}}}});
      }
    }
    return errors;
  }

  // `service_name` is a regular expression; the folder's name is not.
  static std::string RegexFor(const std::string& name) {
    std::string escaped;
    for (const char c : name) {
      if (std::string_view("\\^$.|?*+()[]{}").find(c) != std::string_view::npos) escaped += '\\';
      escaped += c;
    }
    return escaped;
  }

  const AnalyzerOptions& options_;
  std::vector<LibraryModel> models_;
  std::vector<ServiceSources> sources_;
  fs::path root_;  // absolute
  ProgramLoader loader_;
  std::vector<Service> services_;
  ServicePorts ports_;
};

}  // namespace

std::expected<Analyzed, Error> AnalyzeServices(const AnalyzerOptions& options) {
  auto sources = FindServices(options.services_directory);
  if (!sources) return std::unexpected(sources.error());
  auto build = BuildDescription::Find(options.services_directory, options.compile_commands);
  if (!build) return std::unexpected(build.error());
  auto models = ModelsWith(options.library_models);
  if (!models) return std::unexpected(models.error());
  return Analyzer(options, *std::move(sources), *std::move(build), *std::move(models)).Run();
}

}  // namespace filibuster
