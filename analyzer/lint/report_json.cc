#include <nlohmann/json.hpp>

#include "analyzer/lint/report.h"

namespace filibuster {
namespace {

using OrderedJson = nlohmann::ordered_json;

OrderedJson NoteToJson(const Note& note) {
  return {{"file", note.location.file},
          {"line", note.location.line},
          {"column", note.location.column},
          {"message", note.message}};
}

OrderedJson FindingToJson(const Finding& finding) {
  OrderedJson json = {{"check", finding.check},        {"severity", ToString(finding.severity)},
                      {"message", finding.message},    {"file", finding.location.file},
                      {"line", finding.location.line}, {"column", finding.location.column},
                      {"function", finding.function},  {"fingerprint", finding.fingerprint},
                      {"notes", OrderedJson::array()}};
  for (const Note& note : finding.notes) json["notes"].push_back(NoteToJson(note));
  return json;
}

}  // namespace

std::string ReportJson(const LintReport& report) {
  OrderedJson json = {{"schema_version", kFindingsSchemaVersion},
                      {"findings", OrderedJson::array()}};
  for (const Finding& finding : report.findings) json["findings"].push_back(FindingToJson(finding));
  return json.dump(2, ' ', false, OrderedJson::error_handler_t::replace) + "\n";
}

}  // namespace filibuster
