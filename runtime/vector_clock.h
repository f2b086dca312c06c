// text in a header <=> VectorClock
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "runtime/protocol.h"

namespace filibuster {

// Nullopt if the text is not an object of counts.
std::optional<VectorClock> ParseVectorClock(std::string_view text);
std::string VectorClockText(const VectorClock& clock);  // {"foo": 1}

}  // namespace filibuster
