// JSON text => its parts, in the order in which they stand there, without a JSON value in between.
//
// For the short texts that services of ours write all the time; a JSON value of each took the
// larger part of what a call costs. Gives up on what they hardly ever hold: escapes other than \"
// and \\, characters beyond ASCII, signs, fractions. A JSON library reads such a text, or refuses
// it.
#pragma once

#include <string>
#include <string_view>

#include "runtime/protocol.h"

namespace filibuster {

// How many of the first characters stand for themselves in a JSON string: ASCII without control
// characters, " and \\.
size_t PlainPrefix(std::string_view text);

class PlainJsonReader {
 public:
  explicit PlainJsonReader(std::string_view text) : rest_(text) {}

  // Each takes off the front what it names. False if something else is there, or something rare:
  // then the reader is of no more use.
  bool Take(char mark);
  bool TakeName(std::string_view* name);  // a string without escapes
  bool TakeString(std::string* text);
  bool TakeCount(int* count);
  bool TakeClock(VectorClock* clock);
  bool TakeValue(Json* value) { return TakeValue(value, kMaxDepth); }

  // `take_member(key)` takes the value of that key.
  template <typename TakeMember>
  bool TakeObject(TakeMember take_member) {
    if (!Take('{')) return false;
    if (Take('}')) return true;
    std::string_view key;
    do {
      if (!TakeName(&key) || !Take(':') || !take_member(key)) return false;
    } while (Take(','));
    return Take('}');
  }

  template <typename TakeElement>
  bool TakeArray(TakeElement take_element) {
    if (!Take('[')) return false;
    if (Take(']')) return true;
    do {
      if (!take_element()) return false;
    } while (Take(','));
    return Take(']');
  }

  bool AtEnd();

 private:
  static constexpr int kMaxDepth = 10;

  bool TakeValue(Json* value, int depth);
  bool TakeWord(std::string_view word);
  void SkipSpace();

  std::string_view rest_;
};

}  // namespace filibuster
