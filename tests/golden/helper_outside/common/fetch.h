#pragma once

#include <stdexcept>
#include <string>

namespace common {

struct Unreachable : std::runtime_error {
  using std::runtime_error::runtime_error;
};

std::string Fetch(const std::string& host, const std::string& path);

}  // namespace common
