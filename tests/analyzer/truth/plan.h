// What one run of a service is to do, and what it tells of itself.
//
// plan (a line of standard input) => a child that runs main() => events (lines of standard output)
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace truth {

// "route flavour occurrence always fault method url". The first occurrence of a call is 0.
struct Plan {
  int route = -1;       // -1: no request is served
  int flavour = 0;      // of what no fault decides: a request's parameters, rand()
  int occurrence = -1;  // of the call that fails; -1: none does
  bool always = false;  // and all those that follow it
  std::string fault;    // "httplib::Error::Connection", "503"
  std::string method;
  std::string url;
};

const Plan& ThePlan();

// Counts a call of the client, tells of it, and says what it is to fail with.
std::optional<std::string> Call(std::string_view method, const std::string& url);

void Tell(const std::string& event);

// Ends the child once its other threads have ended, or a moment later.
[[noreturn]] void EndOfRequest();

}  // namespace truth
