#include "runtime/vector_clock.h"

#include <limits>

#include "runtime/message_text.h"
#include "runtime/plain_json.h"

namespace filibuster {

std::optional<VectorClock> ParseVectorClock(std::string_view text) {
  VectorClock clock;
  PlainJsonReader reader(text);
  if (reader.TakeClock(&clock) && reader.AtEnd()) return clock;
  const Json json = Json::parse(text, nullptr, /*allow_exceptions=*/false);
  if (!json.is_object()) return std::nullopt;
  clock.clear();
  for (const auto& [service, count] : json.items()) {
    if (!count.is_number_unsigned()) return std::nullopt;
    if (count.get<std::uint64_t>() > std::numeric_limits<int>::max()) return std::nullopt;
    clock[service] = count.get<int>();
  }
  return clock;
}

std::string VectorClockText(const VectorClock& clock) {
  std::string text;
  text.reserve(32 * clock.size() + 2);
  text = "{";
  for (const auto& [service, count] : clock) {
    if (text.size() > 1) text += ", ";
    AppendQuoted(service, &text);
    text.append(": ").append(std::to_string(count));
  }
  text += "}";
  return text;
}

}  // namespace filibuster
