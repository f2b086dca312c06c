// A fault, as a file has it => an error, if no call can fail in this way.
#pragma once

#include "base/json_reader.h"

namespace filibuster {

// Fails at a `status_code` that is neither an integer from 100 to 999 nor its text: no client
// library has such a status, so the fault would never be injected.
void CheckStatusCode(const JsonReader& return_value);

// Fails at an empty `name`, at a `sleep` of `metadata` that is not a number of seconds from 0 to
// 1000000, and at an `abort` that is neither true nor false. An expression, "@expr(…)", is left to
// who evaluates it.
void CheckException(const JsonReader& exception);

}  // namespace filibuster
