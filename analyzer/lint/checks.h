// The checks by name, and what is written about each: docs/checks/NAME.md is part of the program.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace filibuster {

struct Check {
  std::string name;     // "unhandled-fault"
  std::string summary;  // one sentence, the first of the page
  std::string page;     // all of the page, Markdown
};

// By name.
const std::vector<Check>& Checks();

// Null if there is none.
const Check* FindCheck(std::string_view name);

}  // namespace filibuster
