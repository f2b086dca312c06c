// request target => the segments of its path
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace filibuster {

// "/filibuster/create?x" => {"filibuster", "create"}
std::vector<std::string> PathSegments(std::string_view target);

}  // namespace filibuster
