// Fields of a library's objects that no source names.
#pragma once

#include <algorithm>
#include <iterator>
#include <string_view>

namespace filibuster {

inline constexpr char kHost[] = "$host";
inline constexpr char kPort[] = "$port";
inline constexpr char kPath[] = "$path";
inline constexpr char kMethod[] = "$method";
inline constexpr char kTimeout[] = "$timeout";
inline constexpr char kConnectionTimeout[] = "$connection_timeout";
inline constexpr char kFailOnStatus[] = "$fail_on_status";
inline constexpr char kBody[] = "$body";          // where the body of the response goes
inline constexpr char kInner[] = "$inner";        // a pointer to the object that it wraps
inline constexpr char kResult[] = "$result";      // of the last call
inline constexpr char kQueue[] = "$queue";        // the handles whose calls have ended
inline constexpr char kAnswers[] = "$answers";    // of a function: the status that it answers with
inline constexpr char kUnsetStatus[] = "$unset";  // … and that of a response that has none

// Settings of an object, which only the library changes, wherever the object is handed to.
inline bool IsSetting(std::string_view field) {
  static constexpr std::string_view kSettings[] = {
      kHost,         kPort, kPath,  kMethod,  kTimeout,    kConnectionTimeout,
      kFailOnStatus, kBody, kInner, kAnswers, kUnsetStatus};
  return std::ranges::find(kSettings, field) != std::end(kSettings);
}

// Of an optional or the like: whether it has a value; that, the error, or the exception. Of an
// object that may be of another class of its variant.
inline constexpr char kHas[] = "$has";
inline constexpr char kHeld[] = "$held";
inline constexpr char kError[] = "$error";
inline constexpr char kException[] = "$exception";
inline constexpr char kOverwritten[] = "$overwritten";
inline constexpr char kFilled[] = "$filled";  // of a container with elements that are not known
inline constexpr char kFunctions[] = "$functions";  // of an object whose bases are lambdas

// Of exceptions: the index of where it was thrown; the value of one that is no object; its class
// may be one that derives from the one that is known; a pointer to where it is, if a clause that
// may change it caught it; the exception that was handled when it was thrown, or null.
inline constexpr char kThrownAt[] = "$thrown_at";
inline constexpr char kThrownValue[] = "$value";
inline constexpr char kOrDerived[] = "$or_derived";
inline constexpr char kKeptAt[] = "$kept_at";
inline constexpr char kNested[] = "$nested";

}  // namespace filibuster
