// What a callee answers, and what its caller gets under each transformation.
#pragma once

#include <string>

namespace filibuster {

struct CorruptedBodyCase {
  const char* transformation;
  const char* answer;
  const char* body;  // that the caller gets

  std::string fault() const {
    return R"({"forced_exception": {"name": "corrupted_body",
               "metadata": {"abort": false, "transformation": ")" +
           std::string(transformation) + "\"}}}";
  }
};

inline constexpr CorruptedBodyCase kCorruptedBodies[] = {
    {"empty", "well", ""},
    {"truncated", "well", "we"},
    {"bit_flip", "well", "weml"},
    {"json_type", R"({"a": 7})", R"({"a":"7"})"},
};
// Not JSON.
inline constexpr CorruptedBodyCase kNotTransformed = {"json_type", "well", "well"};

}  // namespace filibuster
