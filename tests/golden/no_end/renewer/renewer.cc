// A thread without an end that makes the call itself: it goes on under the fault, or ends the
// process.
#include <httplib.h>

#include <cstdlib>
#include <thread>

void Renew() {
  httplib::Client client("localhost", 9000);
  while (true) {
    const auto lease = client.Get("/lease");
    if (!lease) {
      if (std::rand() == 1) std::exit(1);
    }
  }
}

int main() {
  std::thread thread(Renew);
  thread.join();
}
