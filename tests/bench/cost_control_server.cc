// A control server in a process of its own: prints its URL and serves until standard input ends.
//
//   cost_control_server execution|load     one test execution, or many at a time; no fault planned
#include <cstdio>
#include <string_view>

#include "runtime/control_server.h"

int main(int argc, char** argv) {
  const std::string_view what = argc == 2 ? argv[1] : "";
  if (what != "execution" && what != "load") {
    std::fprintf(stderr, "usage: cost_control_server execution|load\n");
    return 2;
  }
  const auto server = filibuster::ControlServer::Start({.port = 0});
  if (!server) return 2;
  what == "load" ? (*server)->BeginLoad({}) : (*server)->BeginTestExecution({});
  std::printf("%s\n", (*server)->url().c_str());
  std::fflush(stdout);
  while (std::getchar() != EOF) {
  }
  // Otherwise nothing was measured.
  const bool seen = what == "load" ? (*server)->EndLoad().calls > 0
                                   : !(*server)->EndTestExecution().calls.empty();
  return seen ? 0 : 1;
}
