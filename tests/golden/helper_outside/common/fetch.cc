#include "fetch.h"

#include <httplib.h>

namespace common {

std::string Fetch(const std::string& host, const std::string& path) {
  httplib::Client client(host);
  client.set_connection_timeout(1);
  auto result = client.Get(path);
  if (!result) throw Unreachable("GET " + path);
  if (result->status != 200) throw std::runtime_error("status");
  return result->body;
}

}  // namespace common
