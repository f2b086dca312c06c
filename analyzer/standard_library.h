// What functions of the standard library do to values. Those that are not here do something that
// is not known.
//
// call x State => Results
#pragma once

#include <optional>

#include "analyzer/interpreter.h"
#include "analyzer/state.h"

namespace filibuster {

// Nothing, and the state as it was, if the function is not known here.
std::optional<Results> CallStandard(Interpreter& interpreter, const CallContext& call,
                                    State& state);

// A constructor; the first argument is the place of the object.
std::optional<Results> ConstructStandard(Interpreter& interpreter, const CallContext& call,
                                         State& state);

// Of a map as a list of pairs: with this element, in the place of the one it had.
Values WithElement(Values pairs, const Value& key, const Value& element);

// A container with elements that are not known.
Value FilledContainer();

// A std::chrono::duration of count * numerator / denominator seconds, and back.
Value MakeDuration(std::int64_t count, std::int64_t numerator, std::int64_t denominator);
std::optional<double> InSeconds(const Value& duration);

}  // namespace filibuster
