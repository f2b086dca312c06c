// One of search and its replica is enough. Only when calls to both fail may nothing be found.
#include <filibuster/assertions.h>
#include <httplib.h>

#include <cstdlib>
#include <iostream>

int main() {
  const char* url = std::getenv("CATALOG_URL");
  httplib::Client catalog(url != nullptr ? url : "http://127.0.0.1:5130");
  catalog.set_read_timeout(30);

  const httplib::Result found = catalog.Get("/find/teapot");
  if (!found) {
    std::cerr << "catalog did not answer: " << httplib::to_string(found.error()) << "\n";
    return 1;
  }
  std::cerr << "catalog answered " << found->status << " \"" << found->body << "\"\n";
  if (found->status == 200) return found->body == "a blue teapot" ? 0 : 1;
  return found->status == 503 && filibuster::was_fault_injected_on("search") &&
                 filibuster::was_fault_injected_on("replica")
             ? 0
             : 1;
}
