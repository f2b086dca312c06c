// Where a call goes, as the interpreter knows it => the service of the directory that it is for.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "analyzer/analysis.h"
#include "analyzer/value.h"

namespace filibuster {

// The services by name, with the ports that they listen on, as far as those are known.
using ServicePorts = std::map<std::string, std::set<int>>;

CallTarget ResolveTarget(const Value& url, const ServicePorts& services);

// With {} for the parts that are not known; nothing if it is no single text.
std::optional<std::string> ReadableUrl(const Value& url);

}  // namespace filibuster
