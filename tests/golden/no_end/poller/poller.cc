// A loop without an end: that the process may be ended in it says nothing of the fault, because
// other paths go on.
#include <httplib.h>

#include <cstdio>
#include <cstdlib>

int main() {
  httplib::Client client("localhost", 9000);
  const auto lease = client.Get("/lease");
  if (!lease) std::exit(2);
  const auto state = client.Get("/state");
  if (!state) std::puts("no state");
  while (true) {
    if (std::rand() == 1) std::exit(1);
  }
}
