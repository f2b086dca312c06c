// (body of an answer, transformation) => the body as a callee that is broken might send it
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace filibuster {

// The name of a forced exception that is none: the call is made, and the body of its answer is
// transformed as "transformation" of the metadata says.
inline constexpr char kCorruptedBody[] = "corrupted_body";

// The last one changes the type of the first value of a JSON document that is no object and no
// list.
inline constexpr std::string_view kTransformations[] = {"empty", "truncated", "bit_flip",
                                                        "json_type"};

// What is to be transformed is kept back from the service until all of it is there: not more than
// this.
inline constexpr std::size_t kMaxCorruptible = std::size_t{1} << 20;
inline constexpr char kTooLongToCorrupt[] = "the body of the answer is longer than 1 MiB";

// False, and nothing is changed, if there is no such transformation of this body.
bool Corrupt(std::string_view transformation, std::string* body);

}  // namespace filibuster
