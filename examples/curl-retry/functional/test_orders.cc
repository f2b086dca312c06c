// An order that is confirmed is in the ledger; one is refused only when a call fails.
#include <filibuster/assertions.h>
#include <httplib.h>
#include <unistd.h>

#include <cstdlib>
#include <iostream>

namespace {

std::string EnvOr(const char* name, const char* otherwise) {
  const char* value = std::getenv(name);
  return value != nullptr ? value : otherwise;
}

}  // namespace

int main() {
  httplib::Client orders(EnvOr("ORDERS_URL", "http://127.0.0.1:5100"));
  httplib::Client ledger(EnvOr("LEDGER_URL", "http://127.0.0.1:5101"));
  orders.set_read_timeout(30);

  const std::string order = "order-" + std::to_string(::getpid());
  const httplib::Result answer = orders.Post("/orders", order, "text/plain");
  const httplib::Result entry = ledger.Get("/entries/" + order);
  if (!answer || !entry) {
    std::cerr << "no answer\n";
    return 1;
  }
  std::cerr << "orders answered " << answer->status << ", the ledger " << entry->status << "\n";
  if (answer->status == 201) return entry->status == 200 ? 0 : 1;
  return answer->status == 503 && filibuster::was_fault_injected() ? 0 : 1;
}
