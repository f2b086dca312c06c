#include "common/http_client.h"

#include <filibuster/httplib.h>

namespace tutorial {

Response Get(const std::string& host, const std::string& path, std::chrono::seconds timeout) {
  httplib::Client client(host);
  client.set_connection_timeout(timeout);
  client.set_read_timeout(timeout);

  const httplib::Result result = client.Get(path);
  if (!result) {
    const std::string what = "GET " + host + path + ": " + httplib::to_string(result.error());
    switch (result.error()) {
      case httplib::Error::ConnectionTimeout:
      case httplib::Error::Read:
        throw Timeout(what);
      default:
        throw ConnectionError(what);
    }
  }
  return {result->status, result->body};
}

}  // namespace tutorial
