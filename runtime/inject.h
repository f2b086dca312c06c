// service's name => the environment in which it is instrumented though nobody has changed it
#pragma once

#include <expected>
#include <initializer_list>
#include <map>
#include <string>

#include "base/error.h"

namespace filibuster {

// LD_PRELOAD with more libraries of ours, which are in ../lib/filibuster from the program that calls
// this or, where it was just built, in ../lib.
std::expected<std::string, Error> PreloadText(std::string preloaded,
                                              std::initializer_list<const char*> libraries);

// `preloaded`: the service's LD_PRELOAD so far, which stays in front (a sanitizer's runtime has to
// be the first).
std::expected<std::map<std::string, std::string>, Error> InjectEnvironment(
    const std::string& service_name, const std::string& preloaded);

}  // namespace filibuster
