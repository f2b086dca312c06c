// call => what it has in common with the same call of a program whose lines have moved
#pragma once

#include <string>

#include "runtime/protocol.h"

namespace filibuster {

// "/bar/baz" of "5001/bar/baz" and of "http://bar:80/bar/baz": where a service listens differs from
// machine to machine.
std::string PathOfTarget(const std::string& target);

// Equal for calls that are alike: service, module, method and target, the target without its host.
// Where they stand in the source may differ.
std::string LikenessOf(const Invocation& call);

}  // namespace filibuster
