#include "fetch.h"

#include <httplib.h>

void Fetch() {
  httplib::Client client("localhost", 9000);
  if (!client.Get("/data")) throw Down();
}
