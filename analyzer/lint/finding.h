// The nouns of lint: what is worth telling the author of a service, and how loudly.
#pragma once

#include <iosfwd>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "analyzer/analysis.h"

namespace filibuster {

enum class Severity { kWarning, kError };

// A step of the path that a fault takes.
struct Note {
  SourceLocation location;
  std::string message;

  bool operator==(const Note&) const = default;
};

struct Finding {
  std::string check;  // "unhandled-fault"; printed and silenced as "filibuster-unhandled-fault"
  Severity severity = Severity::kWarning;
  std::string message;
  SourceLocation location;
  std::string function;
  std::vector<Note> notes;
  std::string fingerprint;  // the same after lines were added above, or the code was reformatted

  bool operator==(const Finding&) const = default;
};

// What only the sources tell and no call site has: the extractor finds it.
struct SourceFinding {
  enum class Kind {
    kSlicedException,  // `throw e` of an exception that was caught by reference to a base
    kThrowPointer,     // `throw new T`
  };
  Kind kind = Kind::kSlicedException;
  SourceLocation location;               // of the throw
  std::string function;                  //
  std::string type;                      // as caught or allocated: "std::runtime_error"
  std::optional<SourceLocation> caught;  // kSlicedException: the catch clause

  bool operator==(const SourceFinding&) const = default;
};

inline constexpr std::string_view kCheckPrefix = "filibuster-";

std::string_view ToString(Severity severity);  // "warning", "error"
std::ostream& operator<<(std::ostream& out, const Finding& finding);

}  // namespace filibuster
