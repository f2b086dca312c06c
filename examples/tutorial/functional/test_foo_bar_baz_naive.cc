// What most teams have: it passes while all is well, and calls every fault a failure.
#include <httplib.h>

#include <cstdlib>
#include <iostream>

int main() {
  const char* url = std::getenv("FOO_URL");
  httplib::Client foo(url != nullptr ? url : "http://127.0.0.1:5000");
  foo.set_read_timeout(20);

  const httplib::Result result = foo.Get("/foo/bar/baz");
  if (!result) {
    std::cerr << "foo did not answer: " << httplib::to_string(result.error()) << "\n";
    return 1;
  }
  if (result->status != 200 || result->body != "foo bar baz") {
    std::cerr << "expected 200 \"foo bar baz\", got " << result->status << " \"" << result->body
              << "\"\n";
    return 1;
  }
  return 0;
}
