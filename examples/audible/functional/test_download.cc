// A book can be downloaded; when calls fail, it can, or the answer is 403, 404 or 503.
#include <filibuster/assertions.h>
#include <httplib.h>

#include <cstdlib>
#include <iostream>

int main() {
  const char* url = std::getenv("AUDIBLE_APP_URL");
  httplib::Client app(url != nullptr ? url : "http://127.0.0.1:5180");
  app.set_read_timeout(30);

  const httplib::Result book = app.Get("/books/dracula");
  if (!book) {
    std::cerr << "audible-app did not answer: " << httplib::to_string(book.error()) << "\n";
    return 1;
  }
  const int status = book->status;
  std::cerr << "audible-app answered " << status << "\n";
  if (status == 200) return 0;
  const bool expected = status == 403 || status == 404 || status == 503;
  return expected && filibuster::was_fault_injected() ? 0 : 1;
}
