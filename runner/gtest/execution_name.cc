#include "runner/gtest/execution_name.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cctype>
#include <cstdint>

#include "planner/counterexample.h"
#include "runtime/call_likeness.h"

namespace filibuster {
namespace {

constexpr size_t kHashDigits = 8;

// GoogleTest's filters have uses for ':', '*', '?' and '-'.
std::string Word(std::string_view text) {
  std::string word(text);
  std::ranges::replace_if(
      word, [](char c) { return !std::isalnum(static_cast<unsigned char>(c)); }, '_');
  return word;
}

std::uint32_t Hash(std::string_view text) {  // FNV-1a
  std::uint32_t hash = 2166136261;
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 16777619;
  return hash;
}

std::string PartName(const CounterexampleFault& fault) {
  const CallDescription& call = fault.call;
  const std::string name = FaultName(fault.fault);
  const size_t last = name.rfind("::");
  const std::string path = call.args.empty() || !call.args.front().is_string()
                               ? ""
                               : PathOfTarget(call.args.front().get<std::string>());
  const std::string key =
      fmt::format("{}\n{}\n{}\n{}\n{}\n{}", call.service, call.module, call.method, path,
                  call.occurrence, ToJson(fault.fault).dump());
  return fmt::format("{}_to_{}_{}_{:08x}", Word(call.service),
                     Word(call.target_service.value_or(path)),
                     Word(last == name.npos ? name : name.substr(last + 2)), Hash(key));
}

bool IsHexDigit(char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); }

bool EndsInHash(std::string_view part) {
  if (part.size() <= kHashDigits + 1 || part[part.size() - kHashDigits - 1] != '_') return false;
  return std::ranges::all_of(part.substr(part.size() - kHashDigits), IsHexDigit);
}

std::vector<std::string> PartNames(const FaultSet& faults, const TestExecution& execution,
                                   const CallTable& calls) {
  std::vector<std::string> parts;
  const TestExecution under{.faults = faults, .calls = execution.calls};
  for (const CounterexampleFault& fault : MakeCounterexample(under, calls, "").faults) {
    parts.push_back(PartName(fault));
  }
  return parts;
}

}  // namespace

std::string ExecutionName(const FaultSet& faults, const TestExecution& execution,
                          const CallTable& calls) {
  if (faults.empty()) return kFaultFree;
  return fmt::format("{}", fmt::join(PartNames(faults, execution, calls), "+"));
}

std::optional<std::vector<std::string>> PartsOfExecutionName(std::string_view name) {
  std::vector<std::string> parts;
  if (name == kFaultFree) return parts;
  while (true) {
    const size_t end = name.find('+');
    parts.emplace_back(name.substr(0, end));
    if (!EndsInHash(parts.back())) return std::nullopt;
    if (end == name.npos) return parts;
    name.remove_prefix(end + 1);
  }
}

std::optional<CallFault> FindFault(std::string_view part, const TestExecution& execution,
                                   FaultSpace& space, CallTable& calls) {
  // The target's name may have been unknown when the name was made, and the other way round.
  const auto hash_of = [](std::string_view name) { return name.substr(name.size() - kHashDigits); };
  for (const CallEvent& event : execution.calls) {
    std::vector<FaultId> faults = space.ExceptionsOf(event.form, calls);
    std::ranges::copy(space.ErrorsOf(event.form, calls), std::back_inserter(faults));
    for (const FaultId fault : faults) {
      const CallFault found{event.call, fault};
      if (hash_of(PartNames({found}, execution, calls).front()) == hash_of(part)) return found;
    }
  }
  return std::nullopt;
}

}  // namespace filibuster
