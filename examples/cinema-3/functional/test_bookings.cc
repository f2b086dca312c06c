// The bookings of a user; when calls fail, these, 404 or 503.
#include <filibuster/assertions.h>
#include <httplib.h>

#include <cstdlib>
#include <iostream>

int main() {
  const char* url = std::getenv("USERS_URL");
  httplib::Client users(url != nullptr ? url : "http://127.0.0.1:5170");
  users.set_read_timeout(30);

  const httplib::Result bookings = users.Get("/users/alice/bookings");
  if (!bookings) {
    std::cerr << "users did not answer: " << httplib::to_string(bookings.error()) << "\n";
    return 1;
  }
  const int status = bookings->status;
  std::cerr << "users answered " << status << " \"" << bookings->body << "\"\n";
  if (status == 200) return bookings->body == "alice: The Good Dinosaur" ? 0 : 1;
  return (status == 404 || status == 503) && filibuster::was_fault_injected() ? 0 : 1;
}
