#include "planner/fault_space.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string_view>

#include "runtime/corrupted_body.h"

namespace filibuster {
namespace {

std::expected<std::regex, Error> Compile(const std::string& pattern) {
  try {
    return std::regex(pattern, std::regex::ECMAScript | std::regex::optimize);
  } catch (const std::regex_error& error) {
    return std::unexpected(
        Error{fmt::format("\"{}\" is not a regular expression: {}", pattern, error.what())});
  }
}

// As Python's re.match: at the start, and not necessarily to the end.
bool Matches(const std::string& text, const std::regex& pattern) {
  return std::regex_search(text, pattern, std::regex_constants::match_continuous);
}

std::optional<Json> Add(const Json& number, const std::string& summand) {
  if (!number.is_number()) return std::nullopt;
  if (summand.empty()) return number;
  const Json other = Json::parse(summand.front() == '+' ? summand.substr(1) : summand, nullptr,
                                 /*allow_exceptions=*/false);
  if (!other.is_number()) return std::nullopt;
  if (number.is_number_integer() && other.is_number_integer()) {
    return number.get<std::int64_t>() + other.get<std::int64_t>();
  }
  return number.get<double>() + other.get<double>();
}

bool IsExpression(const Json& value) {
  return value.is_string() && value.get_ref<const std::string&>().starts_with("@expr(");
}

const std::regex& Expression() {
  static const std::regex expression(
      R"(@expr\(metadata\['([^']*)'\]([+-][0-9]+(?:\.[0-9]+)?)?\)([+-][0-9]+(?:\.[0-9]+)?)?)");
  return expression;
}

// A value of `exceptions[].metadata` for a call: "@expr(metadata['timeout']+1)+0.001" is computed
// from the call's metadata; nullopt if that has no such number.
std::optional<Json> Evaluate(const Json& value, const Json& metadata) {
  if (!IsExpression(value)) return value;
  const auto& text = value.get_ref<const std::string&>();
  std::smatch match;
  if (!std::regex_match(text, match, Expression())) return std::nullopt;
  const auto operand = metadata.find(match[1].str());
  if (operand == metadata.end()) return std::nullopt;
  const auto inner = Add(*operand, match[2].str());
  return inner ? Add(*inner, match[3].str()) : std::nullopt;
}

std::optional<Fault> FaultFor(const ExceptionType& exception, const Json& metadata) {
  if (exception.restrictions) {
    const auto restricted = metadata.find(*exception.restrictions);
    if (restricted == metadata.end() || restricted->is_null()) return std::nullopt;
  }
  ForcedException fault{.name = exception.name};
  for (const auto& [key, value] : exception.metadata.items()) {
    auto evaluated = Evaluate(value, metadata);
    if (!evaluated) return std::nullopt;
    fault.metadata[key] = *std::move(evaluated);
  }
  return fault;
}

// Of an RPC it is the first argument that tells methods apart: "/package.Service/Method".
bool MatchesMethod(const Invocation& invocation, const std::regex& pattern) {
  if (Matches(invocation.method, pattern)) return true;
  if (invocation.args.empty() || !invocation.args[0].is_string()) return false;
  const std::string argument = invocation.args[0].get<std::string>();
  return Matches(argument.starts_with('/') ? argument.substr(1) : argument, pattern);
}

std::expected<Fault, std::string_view> LatencyOf(const Json& entry) {
  const Json milliseconds = entry.value("milliseconds", Json());
  constexpr std::uint64_t kMax = 1'000'000'000;  // as much as the `sleep` of an exception
  if (!milliseconds.is_number_unsigned() || milliseconds == 0 || milliseconds > kMax) {
    return std::unexpected("\"milliseconds\": an integer from 1 to 1000000000");
  }
  // 2, not 2.0: what people expect to read.
  const auto whole = milliseconds.get<std::uint64_t>();
  const Json seconds = whole % 1000 == 0 ? Json(whole / 1000) : Json(whole / 1000.0);
  return ForcedException{kLatency, {{"abort", false}, {"sleep", seconds}}};
}

std::expected<Fault, std::string_view> CorruptedBodyOf(const Json& entry) {
  const Json transformation = entry.value("transformation", Json());
  for (const std::string_view known : kTransformations) {
    if (transformation != known) continue;
    return ForcedException{kCorruptedBody, {{"abort", false}, {"transformation", known}}};
  }
  return std::unexpected("\"transformation\": empty, truncated, bit_flip or json_type");
}

// What gRPC and Thrift answer is no document, and is parsed before an instrumentation sees it: to
// run such a fault would be to run nothing.
std::optional<Error> RefuseCorruptedBodies(const Module& module, const std::regex& pattern) {
  if (module.transformers.empty()) return std::nullopt;
  std::vector<std::string> methods = {"grpc.insecure_channel", "thrift."};
  for (const CallSite& site : module.call_sites) {
    if (site.module == "thrift") methods.push_back(fmt::format("thrift.{}", site.method));
  }
  for (const std::string& method : methods) {
    if (!Matches(method, pattern)) continue;
    return Error{fmt::format(
        "{}: transformers: the pattern {} matches {}, expected calls by HTTP only: answers of "
        "gRPC and Thrift are not corrupted",
        module.name, module.pattern, method)};
  }
  return std::nullopt;
}

void AddOnce(FaultId fault, std::vector<FaultId>& faults) {
  if (std::ranges::find(faults, fault) == faults.end()) faults.push_back(fault);
}

}  // namespace

// `fault_of`: an entry => its fault, or what was expected in it.
template <typename FaultOf>
std::optional<Error> FaultSpace::CompileMatched(const Module& module, const char* key,
                                                const Json& entries, const FaultOf& fault_of,
                                                std::vector<MatchedFault>* compiled) {
  const auto error = [&](std::string_view found, std::string_view expected) {
    return Error{fmt::format("{}: {}: found {}, expected {}", module.name, key, found, expected)};
  };
  if (entries.is_null()) return std::nullopt;
  if (!entries.is_array()) return error(entries.dump(), "a list");
  for (const Json& entry : entries) {
    const Json type = entry.is_object() ? entry.value("type", Json()) : Json();
    if (type != "SERVICE" && type != "METHOD") {
      return error(entry.dump(), "\"type\": \"SERVICE\" or \"METHOD\"");
    }
    const Json matcher = entry.value("matcher", Json());
    if (!matcher.is_string()) return error(entry.dump(), "\"matcher\": a regular expression");
    const std::expected<Fault, std::string_view> fault = fault_of(entry);
    if (!fault) return error(entry.dump(), fault.error());
    auto pattern = Compile(matcher.get<std::string>());
    if (!pattern) {
      return Error{fmt::format("{}: {}: matcher: {}", module.name, key, pattern.error().message)};
    }
    compiled->push_back({*std::move(pattern), type == "METHOD", *fault});
  }
  return std::nullopt;
}

std::expected<FaultSpace, Error> FaultSpace::Create(const Analysis& analysis, bool transformers) {
  FaultSpace space;
  for (const Module& module : analysis.modules) {
    auto pattern = Compile(module.pattern);
    if (!pattern) {
      return std::unexpected(
          Error{fmt::format("{}: pattern: {}", module.name, pattern.error().message)});
    }
    for (const ExceptionType& exception : module.exceptions) {
      for (const auto& [key, value] : exception.metadata.items()) {
        if (IsExpression(value) && !std::regex_match(value.get<std::string>(), Expression())) {
          return std::unexpected(Error{
              fmt::format("{}: exceptions: {}: metadata: {}: found {}, expected an expression "
                          "like @expr(metadata['timeout']+1)",
                          module.name, exception.name, key, value.dump())});
        }
      }
    }
    CompiledModule compiled{*std::move(pattern), module.exceptions, {}, {}};
    auto error =
        CompileMatched(module, "latencies", module.latencies, LatencyOf, &compiled.matched);
    if (!error && transformers) {
      error = CompileMatched(module, "transformers", module.transformers, CorruptedBodyOf,
                             &compiled.matched);
      if (!error) error = RefuseCorruptedBodies(module, compiled.pattern);
    }
    if (error) return std::unexpected(*std::move(error));
    for (const ServiceErrors& errors : module.errors) {
      auto service_name = Compile(errors.service_name);
      if (!service_name) {
        return std::unexpected(Error{fmt::format("{}: errors: service_name: {}", module.name,
                                                 service_name.error().message)});
      }
      compiled.errors.push_back({*std::move(service_name), errors.types});
    }
    space.modules_.push_back(std::move(compiled));
  }
  return space;
}

const std::vector<const FaultSpace::CompiledModule*>& FaultSpace::ModulesOf(
    const Invocation& invocation) {
  const std::string method = fmt::format("{}.{}", invocation.module, invocation.method);
  const auto [it, is_new] = modules_by_method_.try_emplace(method);
  if (is_new) {
    for (const CompiledModule& module : modules_) {
      if (Matches(method, module.pattern)) it->second.push_back(&module);
    }
  }
  return it->second;
}

std::vector<FaultId> FaultSpace::ExceptionsOf(FormId id, CallTable& calls) {
  const CallForm& form = calls.form(id);
  std::vector<FaultId> faults;
  for (const CompiledModule* module : ModulesOf(calls.call(form.call).invocation)) {
    for (const ExceptionType& exception : module->exceptions) {
      const auto fault = FaultFor(exception, form.metadata);
      if (fault) AddOnce(calls.EnterFault(*fault), faults);
    }
  }
  return faults;
}

std::vector<FaultId> FaultSpace::ErrorsOf(FormId id, CallTable& calls) {
  const KnownCall& call = calls.call(calls.form(id).call);
  std::vector<FaultId> faults;
  if (!call.target_service_name) return faults;
  for (const CompiledModule* module : ModulesOf(call.invocation)) {
    for (const CompiledErrors& errors : module->errors) {
      if (!Matches(*call.target_service_name, errors.service_name)) continue;
      for (const ErrorType& type : errors.types) {
        AddOnce(calls.EnterFault(FailureMetadata{type.return_value, type.exception}), faults);
      }
    }
    for (const MatchedFault& matched : module->matched) {
      const bool matches = matched.of_method ? MatchesMethod(call.invocation, matched.matcher)
                                             : Matches(*call.target_service_name, matched.matcher);
      if (matches) AddOnce(calls.EnterFault(matched.fault), faults);
    }
  }
  return faults;
}

const CallFaults& KnownFaults::Of(FormId form) {
  if (known_.size() <= form) known_.resize(form + 1);
  Known& known = known_[form];
  if (!known.has_exceptions) {
    known.has_exceptions = true;
    known.faults.exceptions = space_.ExceptionsOf(form, calls_);
  }
  if (!known.has_errors && calls_.call(calls_.form(form).call).target_service_name) {
    known.has_errors = true;
    known.faults.errors = space_.ErrorsOf(form, calls_);
  }
  return known.faults;
}

}  // namespace filibuster
