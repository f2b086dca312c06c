// (the call that caused it, its signature, how often) => which call this is, stable across runs
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace filibuster {

// One step from the test to a call: the `count`th call with this signature under its parent.
struct IndexEntry {
  std::string signature;
  int count = 0;

  friend bool operator==(const IndexEntry& a, const IndexEntry& b) {
    return a.signature == b.signature && a.count == b.count;
  }
};

// From the first call to this one.
using ExecutionIndex = std::vector<IndexEntry>;

// Nullopt if the text is not a list of [signature, count].
std::optional<ExecutionIndex> ParseExecutionIndex(std::string_view text);
// `[["<signature>", 1]]`, byte for byte as Filibuster for Python writes it.
std::string ExecutionIndexText(const ExecutionIndex& index);

// Which call this is among those of one parent. The file counts by its name alone and the target
// without its host, so that neither the directory of the build nor the deployment matters.
std::string CallSignature(std::string_view file, int line, std::string_view module,
                          std::string_view method, std::string_view target);

// The path of a call site as a report shows it: from the directory named as the service, as the
// analysis writes it ("foo/foo.cc"), else from the file's own directory ("common/client.cc").
std::string CallSiteFile(std::string_view file, std::string_view service);

}  // namespace filibuster
