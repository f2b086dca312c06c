// GET as somebody who is not instrumented makes it.
#pragma once

#include <map>
#include <string>

namespace filibuster {

struct PlainAnswer {
  int status = 0;  // 0: none
  std::string body;
};

PlainAnswer PlainGet(int port, const std::string& path,
                     const std::multimap<std::string, std::string>& headers);

}  // namespace filibuster
