// What the command line of filibuster-loadgen asks for => a counterexample under load, and the exit
// code.
#pragma once

#include <chrono>
#include <filesystem>
#include <optional>
#include <string>

#include "runtime/control_server.h"

namespace filibuster {

struct LoadOptions {
  std::string functional_test;  // a program, or a shell command; one run of it is a request
  std::filesystem::path counterexample_file;
  // Absent: the services run already, and a functional test may connect to any port on loopback.
  std::optional<std::filesystem::path> application_file;
  int concurrency = 1;
  int num_requests = 1;                                  // of each of these
  std::optional<std::chrono::milliseconds> max_latency;  // longer: the request has failed
  std::chrono::milliseconds timeout{60'000};             // for one request
  std::optional<std::filesystem::path> report_file;
  bool live = false;  // a line on the terminal says how far it is
  ControlServerOptions server;
};

// 0: no request failed. 1: some did, or a service broke. 2: misused, or the faults could not be
// injected. 128 + N: ended by signal N. The numbers go to standard output.
int RunLoad(const LoadOptions& options);

}  // namespace filibuster
