#pragma once

#include <string>

namespace web {

std::string Fetch(const std::string& path);

}  // namespace web
