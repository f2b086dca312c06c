// JSON text => is it nested deeper than we take? JSON values are copied and written by recursion: a
// text of brackets must not exhaust the stack.
#pragma once

#include <string_view>

namespace filibuster {

inline constexpr int kMaxJsonNesting = 100;

bool IsNestedTooDeep(std::string_view json);

}  // namespace filibuster
