// A folder without a main: what its functions throw and return goes to callers that were not seen.
#include <httplib.h>

#include <cstdio>
#include <stdexcept>

int StatusOf(httplib::Client& client) {
  const auto result = client.Get("/status");
  return result ? result->status : -1;
}

void Require(httplib::Client& client) {
  const auto result = client.Get("/required");
  if (!result) throw std::runtime_error("it is required");
}

void Notify(httplib::Client& client) {
  const auto result = client.Get("/notify");
  if (!result) std::puts("nobody was notified");
}
