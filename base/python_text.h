// JSON => the text that Python prints for it. Filibuster's log lines show values that way.
#pragma once

#include <string>

#include <nlohmann/json.hpp>

namespace filibuster {

// {'return_value': {'status_code': '503'}}, [True, None]
std::string PythonText(const nlohmann::json& value);

}  // namespace filibuster
