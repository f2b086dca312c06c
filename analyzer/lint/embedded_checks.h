// docs/checks/*.md as they were when the program was built (cmake/embed.cmake).
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace filibuster {

struct EmbeddedCheck {
  std::string name;  // "checks/unhandled-fault.md"
  std::string_view text;
};

const std::vector<EmbeddedCheck>& EmbeddedChecks();

}  // namespace filibuster
