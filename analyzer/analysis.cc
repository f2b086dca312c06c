#include "analyzer/analysis.h"

#include <ostream>

namespace filibuster {

Analysis DefaultAnalysis() {
  ErrorType internal_error{.return_value = {{"status_code", "500"}}};
  ErrorType bad_gateway{.return_value = {{"status_code", "502"}}};
  ErrorType unavailable{.return_value = {{"status_code", "503"}}};
  return {
      {{.name = "cpp.httplib",
        .pattern = R"(httplib\.(Get|Head|Post|Put|Patch|Delete|Options))",
        .exceptions = {{.name = "httplib::Error::Connection"},
                       {.name = "httplib::Error::Read", .restrictions = "timeout"}}},
       {.name = "http",
        .pattern = R"(httplib\..*)",
        .errors = {{.service_name = ".*", .types = {internal_error, bad_gateway, unavailable}}}}}};
}

std::ostream& operator<<(std::ostream& out, const SourceLocation& location) {
  return out << location.file << ":" << location.line << ":" << location.column;
}

}  // namespace filibuster
