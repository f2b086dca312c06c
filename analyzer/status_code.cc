#include "analyzer/status_code.h"

#include <fmt/format.h>

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

}  // namespace filibuster
