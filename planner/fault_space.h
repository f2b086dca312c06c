// Analysis x call => the faults that apply to it, in the order in which they are tried.
#pragma once

#include <deque>
#include <expected>
#include <optional>
#include <regex>
#include <string>
#include <unordered_map>
#include <vector>

#include "analyzer/analysis.h"
#include "base/error.h"
#include "planner/call_table.h"

namespace filibuster {

// Exceptions need only the call; errors, and behind them latencies, need a service that was
// reached.
struct CallFaults {
  std::vector<FaultId> exceptions;
  std::vector<FaultId> errors;

  bool operator==(const CallFaults&) const = default;
};

class FaultSpace {
 public:
  // Compiles each regular expression once. With `transformers` the corrupted bodies of the analysis
  // are faults too.
  static std::expected<FaultSpace, Error> Create(const Analysis& analysis,
                                                 bool transformers = false);

  // The exceptions and the errors of a call made in this form, entered in `calls`; behind the
  // errors the latencies and the corrupted bodies. Without a known target there are none of the
  // latter two: the call went to an external service.
  std::vector<FaultId> ExceptionsOf(FormId form, CallTable& calls);
  std::vector<FaultId> ErrorsOf(FormId form, CallTable& calls);

 private:
  struct CompiledErrors {
    std::regex service_name;
    std::vector<ErrorType> types;
  };
  struct MatchedFault {
    std::regex matcher;
    bool of_method = false;  // matches a method, not a service's name
    Fault fault;
  };
  struct CompiledModule {
    std::regex pattern;
    std::vector<ExceptionType> exceptions;
    std::vector<CompiledErrors> errors;
    std::vector<MatchedFault> matched;  // latencies, corrupted bodies
  };
  template <typename FaultOf>
  static std::optional<Error> CompileMatched(const Module& module, const char* key,
                                             const Json& entries, const FaultOf& fault_of,
                                             std::vector<MatchedFault>* compiled);
  const std::vector<const CompiledModule*>& ModulesOf(const Invocation& invocation);

  std::vector<CompiledModule> modules_;
  std::unordered_map<std::string, std::vector<const CompiledModule*>> modules_by_method_;
};

// The faults of the calls of one table, each computed once.
class KnownFaults {
 public:
  KnownFaults(FaultSpace& space, CallTable& calls) : space_(space), calls_(calls) {}

  // The errors once the call's target is known.
  const CallFaults& Of(FormId form);

 private:
  struct Known {
    bool has_exceptions = false;
    bool has_errors = false;
    CallFaults faults;
  };

  FaultSpace& space_;
  CallTable& calls_;
  std::deque<Known> known_;  // by form
};

}  // namespace filibuster
