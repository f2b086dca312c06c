// Where a call goes, as the interpreter knows it => the service of the directory that it is for.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "analyzer/analysis.h"
#include "analyzer/value.h"

namespace filibuster {

// The services by name, with the ports that they listen on, as far as those are known.
using ServicePorts = std::map<std::string, std::set<int>>;

// `urls`: what was seen at one call site, on all paths.
CallTarget ResolveTarget(const std::vector<Value>& urls, const ServicePorts& services);

}  // namespace filibuster
