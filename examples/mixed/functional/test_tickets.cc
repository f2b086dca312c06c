// A seat and its price; when a call fails, 503.
#include <filibuster/assertions.h>
#include <httplib.h>

#include <cstdlib>
#include <iostream>

int main() {
  const char* url = std::getenv("TICKETS_URL");
  httplib::Client tickets(url != nullptr ? url : "http://127.0.0.1:5160");
  tickets.set_read_timeout(30);

  const httplib::Result ticket = tickets.Get("/tickets/hamlet");
  if (!ticket) {
    std::cerr << "tickets did not answer: " << httplib::to_string(ticket.error()) << "\n";
    return 1;
  }
  std::cerr << "tickets answered " << ticket->status << " \"" << ticket->body << "\"\n";
  if (ticket->status == 200) return ticket->body == "A1 for 25" ? 0 : 1;
  return ticket->status == 503 && filibuster::was_fault_injected() ? 0 : 1;
}
