// What foo owes its callers when a call behind it fails: 503 or 404, never anything else.
#include <filibuster/assertions.h>
#include <httplib.h>

#include <cstdlib>
#include <iostream>

namespace {

bool Holds(bool condition, const char* what) {
  if (!condition) std::cerr << "does not hold: " << what << "\n";
  return condition;
}

}  // namespace

int main() {
  const char* url = std::getenv("FOO_URL");
  httplib::Client foo(url != nullptr ? url : "http://127.0.0.1:5000");
  foo.set_read_timeout(20);

  const httplib::Result result = foo.Get("/foo/bar/baz");
  if (!Holds(static_cast<bool>(result), "foo answers")) return 1;
  std::cerr << "foo answered " << result->status << " \"" << result->body << "\"\n";

  bool passed = true;
  if (result->status == 200) {
    passed &= Holds(!filibuster::was_fault_injected(), "200 only when no fault was injected");
    passed &= Holds(result->body == "foo bar baz", "the body is \"foo bar baz\"");
  } else {
    passed &= Holds(filibuster::was_fault_injected(), "an error only when a fault was injected");
    passed &=
        Holds(filibuster::was_fault_injected_on("bar") || filibuster::was_fault_injected_on("baz"),
              "the fault was injected on bar or baz");
    passed &= Holds(result->status == 503 || result->status == 404,
                    "under a fault, the status is 503 or 404");
  }
  return passed ? 0 : 1;
}
