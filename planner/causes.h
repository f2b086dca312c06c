// Calls of one execution => those whose cause is not known, or may be another than it seems
#pragma once

#include <string>
#include <vector>

#include "runtime/call_log.h"

namespace filibuster {

// A line for each place: calls made for no request that is known, and calls that came without our
// headers while another service waited for one that is not instrumented: if they were made for that
// one, it did not pass the headers on. All of them count as the functional test's own.
std::vector<std::string> CauseWarnings(const CallLog& log);

}  // namespace filibuster
