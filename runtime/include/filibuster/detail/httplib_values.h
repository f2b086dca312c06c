// httplib's errors and statuses <=> what an Injection speaks. Part of filibuster/httplib.h.
#pragma once

#include <httplib.h>
#include <strings.h>

#include <optional>
#include <string>
#include <string_view>

#include "filibuster/detail/http_reason.h"
#include "filibuster/injector.h"

namespace filibuster_httplib {

struct ErrorName {
  ::httplib::Error error;
  std::string_view name;
};

// A table, because the values differ between versions of httplib.
#define FILIBUSTER_ERROR(enumerator) \
  ErrorName { ::httplib::Error::enumerator, "httplib::Error::" #enumerator }
inline constexpr ErrorName kErrorNames[] = {
    FILIBUSTER_ERROR(Unknown),
    FILIBUSTER_ERROR(Connection),
    FILIBUSTER_ERROR(BindIPAddress),
    FILIBUSTER_ERROR(Read),
    FILIBUSTER_ERROR(Write),
    FILIBUSTER_ERROR(ExceedRedirectCount),
    FILIBUSTER_ERROR(Canceled),
    FILIBUSTER_ERROR(SSLConnection),
    FILIBUSTER_ERROR(SSLLoadingCerts),
    FILIBUSTER_ERROR(SSLServerVerification),
    FILIBUSTER_ERROR(UnsupportedMultipartBoundaryChars),
    FILIBUSTER_ERROR(Compression),
    FILIBUSTER_ERROR(ConnectionTimeout),
};
#undef FILIBUSTER_ERROR

// "" if there is none. httplib itself compares several names for each one that is looked up, and
// asks the locale about each character.
inline std::string HeaderOf(const ::httplib::Request& request, std::string_view name) {
  for (const auto& [key, value] : request.headers) {
    if (key.size() == name.size() && ::strncasecmp(key.data(), name.data(), name.size()) == 0) {
      return value;
    }
  }
  return {};
}

inline std::string_view NameOf(::httplib::Error error) {
  for (const ErrorName& entry : kErrorNames) {
    if (entry.error == error) return entry.name;
  }
  return "httplib::Error::Unknown";
}

// Success if the call is to be answered with a status; nullopt if httplib knows no such error.
inline std::optional<::httplib::Error> ErrorOf(const filibuster::InjectedFault& fault) {
  if (fault.status != 0) return ::httplib::Error::Success;
  for (const ErrorName& entry : kErrorNames) {
    if (entry.name == fault.exception) return entry.error;
  }
  return std::nullopt;
}

// The answer's body as the fault wants it, with its length.
inline void Transform(filibuster::Injection* injection, ::httplib::Response* response) {
  if (!injection->Transform(&response->body)) return;
  const auto length = response->headers.find("Content-Length");
  if (length != response->headers.end()) length->second = std::to_string(response->body.size());
}

}  // namespace filibuster_httplib
