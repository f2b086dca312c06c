#include "fetch.h"

#include <httplib.h>

#include "errors.h"

namespace web {

std::string Fetch(const std::string& path) {
  httplib::Client client("http://store:7000");
  client.set_read_timeout(std::chrono::seconds(2));
  const auto result = client.Get(path);
  if (!result) {
    if (result.error() == httplib::Error::Read) throw Custom(504, "slow");
    throw Unavailable("no store");
  }
  if (result->status == 404) throw Gone();
  if (result->status != 200) throw std::runtime_error("unexpected status");
  return result->body;
}

}  // namespace web
