// The `return_value` of a fault => an error, if no call can be answered with it.
#pragma once

#include "base/json_reader.h"

namespace filibuster {

// Fails at a `status_code` that is neither an integer from 100 to 999 nor its text: no client
// library has such a status, so the fault would never be injected.
void CheckStatusCode(const JsonReader& return_value);

}  // namespace filibuster
