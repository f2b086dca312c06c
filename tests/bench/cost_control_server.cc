// A control server in a process of its own: prints its URL and serves until standard input ends.
#include <cstdio>

#include "runtime/control_server.h"

int main() {
  const auto server = filibuster::ControlServer::Start({.port = 0});
  if (!server) return 2;
  (*server)->BeginTestExecution({});
  std::printf("%s\n", (*server)->url().c_str());
  std::fflush(stdout);
  while (std::getchar() != EOF) {
  }
  if ((*server)->EndTestExecution().calls.empty()) return 1;  // nothing was measured
}
