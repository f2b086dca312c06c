// What the control server saw of many test executions that ran at the same time.
#pragma once

#include <map>
#include <string>
#include <vector>

namespace filibuster {

struct LoadLog {
  int calls = 0;
  std::map<std::string, int> injected;    // by execution index: calls that got the fault planned
  std::vector<std::string> bad_requests;  // refused, with the reason
};

}  // namespace filibuster
