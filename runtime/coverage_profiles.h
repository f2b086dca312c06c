// A coverage directory: which lines of the services ran, in all test executions and in the
// fault-free one. Services built with clang's coverage in continuous mode keep the counters of each
// process in a file there as they run, so that a service that is killed loses nothing:
//
//   foo-4711.profraw                  as it stands now, or at the end of the process
//   fault-free/foo-4711.profraw       after the fault-free execution
//   all-executions/foo-4711.profraw   after the last execution, before the services were stopped
#pragma once

#include <expected>
#include <filesystem>
#include <string>
#include <vector>

#include "base/error.h"

namespace filibuster {

enum class Executions { kFaultFree, kAll };

// For LLVM_PROFILE_FILE.
std::string ProfilePattern(const std::string& service,
                           const std::filesystem::path& coverage_directory);

// Sorted. Of all executions: without a snapshot the files as they stand now.
std::vector<std::filesystem::path> ProfilesOf(const std::string& service, Executions executions,
                                              const std::filesystem::path& coverage_directory);

// Before a service is started anew: the data of an earlier run, of another build even, is no use.
void RemoveProfiles(const std::string& service, const std::filesystem::path& coverage_directory);

// To be called while the services run.
std::expected<void, Error> SnapshotProfiles(Executions executions,
                                            const std::filesystem::path& coverage_directory);

}  // namespace filibuster
