#include "tests/runtime/plain_client.h"

#include <httplib.h>

namespace filibuster {

PlainAnswer PlainGet(int port, const std::string& path,
                     const std::multimap<std::string, std::string>& headers) {
  httplib::Client client("127.0.0.1", port);
  const auto result = client.Get(path, httplib::Headers(headers.begin(), headers.end()));
  if (!result) return {};
  return {result->status, result->body};
}

}  // namespace filibuster
