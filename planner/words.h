// Calls, faults and results => how people name them: the same on the terminal and in the reports.
#pragma once

#include <span>
#include <string>

#include "planner/call_table.h"

namespace filibuster {

// "connection error", "timeout", "503 Service Unavailable"; the fault's own name where there is no
// better one.
std::string FaultWords(const Fault& fault);
std::string ResultWords(const CallResult& result);

// "foo → bar"; the target's address where nobody knows the service.
std::string CallWords(const KnownCall& call);
std::string TargetWords(const KnownCall& call);

// "foo answered 500 Internal Server Error"; "" where no answer is known. Answers that read the same
// are told once.
std::string AnswersWords(const CallTable& calls, std::span<const RequestAnswer> answers);

// "foo → bar → baz", from the service that the functional test called.
std::string CallPathWords(const CallTable& calls, CallId call);

// "foo → bar: connection error + bar → baz: timeout"; "no fault".
std::string FaultSetWords(const CallTable& calls, const FaultSet& faults);

}  // namespace filibuster
