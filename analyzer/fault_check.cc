#include "analyzer/fault_check.h"

#include <fmt/format.h>

#include <cstdint>
#include <string>

namespace filibuster {

void CheckStatusCode(const JsonReader& return_value) {
  const auto code = return_value.Optional("status_code");
  if (!code) return;
  const Json& value = code->value();
  const std::string text = value.is_string() ? value.get<std::string>() : value.dump();
  const bool is_number = text.find_first_not_of("0123456789") == text.npos;
  if (is_number && text.size() == 3 && text[0] != '0') return;
  code->Fail(fmt::format("found {}, expected an integer from 100 to 999", value.dump()));
}

void CheckException(const JsonReader& exception) {
  const JsonReader name = exception.Required("name");
  if (name.String().empty()) name.Fail("found \"\", expected a name");
  const auto metadata = exception.Optional("metadata");
  if (!metadata) return;
  const auto abort = metadata->Optional("abort");
  const bool makes_call = abort && !abort->Bool();
  if (const auto messages = metadata->Optional("messages")) {
    const Json& count = messages->value();
    constexpr std::uint64_t kMost = 1'000'000'000;
    if (!count.is_number_unsigned() || count == 0 || count.get<std::uint64_t>() > kMost) {
      messages->Fail(
          fmt::format("found {}, expected an integer from 1 to 1000000000", count.dump()));
    } else if (!makes_call) {
      messages->Fail("needs \"abort\": false beside it, as the stream has to be called");
    }
  }
  const auto sleep = metadata->Optional("sleep");
  if (!sleep) return;
  const Json& seconds = sleep->value();
  if (seconds.is_string() && seconds.get_ref<const std::string&>().starts_with("@expr(")) return;
  constexpr double kMost = 1e6;
  if (seconds.is_number() && seconds.get<double>() >= 0 && seconds.get<double>() <= kMost) return;
  sleep->Fail(fmt::format("found {}, expected a number from 0 to 1000000", seconds.dump()));
}

}  // namespace filibuster
