#include "analyzer/lint/baseline.h"

#include <fmt/format.h>

#include "analyzer/lint/report.h"
#include "base/json_reader.h"

namespace filibuster {

std::expected<std::set<std::string>, Error> ReadBaseline(const std::filesystem::path& path) {
  const auto json = ReadJsonFile(path);
  if (!json) {
    std::error_code error;
    const bool missing = !std::filesystem::exists(path, error);
    return std::unexpected(
        Error{json.error().message + (missing ? "; --write-baseline writes one" : "")});
  }
  const JsonReader reader(*json, path.string());
  const JsonReader version = reader.Required("schema_version");
  if (version.Int() != kFindingsSchemaVersion) {
    version.Fail(fmt::format("found {}, expected {}", version.Int(), kFindingsSchemaVersion));
  }
  std::set<std::string> fingerprints;
  for (const JsonReader& finding : reader.Required("findings").Items()) {
    fingerprints.insert(finding.Required("fingerprint").String());
  }
  if (reader.error()) return std::unexpected(*reader.error());
  return fingerprints;
}

std::vector<Finding> WithoutKnown(std::vector<Finding> findings,
                                  const std::set<std::string>& fingerprints) {
  std::erase_if(findings,
                [&](const Finding& finding) { return fingerprints.contains(finding.fingerprint); });
  return findings;
}

}  // namespace filibuster
