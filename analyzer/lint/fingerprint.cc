#include "analyzer/lint/fingerprint.h"

#include <fmt/format.h>

#include <cstdint>
#include <map>

namespace filibuster {
namespace {

// FNV-1a: the same on every machine and in every version, which std::hash does not promise.
class Hash {
 public:
  void Add(std::string_view text) {
    for (const unsigned char c : text) AddByte(c);
    AddByte(0);  // so that "a", "bc" is not "ab", "c"
  }
  std::string Text() const { return fmt::format("{:016x}", value_); }

 private:
  void AddByte(unsigned char byte) { value_ = (value_ ^ byte) * 0x100000001b3; }

  std::uint64_t value_ = 0xcbf29ce484222325;
};

}  // namespace

std::string Fingerprint(const Finding& finding, std::initializer_list<std::string_view> details) {
  Hash hash;
  hash.Add(finding.check);
  hash.Add(finding.location.file);
  hash.Add(finding.function);
  for (const std::string_view detail : details) hash.Add(detail);
  return hash.Text();
}

void NumberEqualFingerprints(std::vector<Finding>& findings) {
  std::map<std::string, int> seen;
  for (Finding& finding : findings) {
    const int number = seen[finding.fingerprint]++;
    if (number > 0) finding.fingerprint += fmt::format("-{}", number + 1);
  }
}

}  // namespace filibuster
