// Outside of the services directory: two ways to a call.
#pragma once
#include <httplib.h>

#include <string>

namespace common {

inline int Send(const std::string& method, const std::string& path) {
  httplib::Client client("localhost", 9000);
  if (method == "PUT") {
    const auto result = client.Put(path, "", "text/plain");
    return result ? result->status : 0;
  }
  const auto result = client.Get(path);
  return result ? result->status : 0;
}

inline int Fetch(const std::string& path) { return Send("GET", path); }

}  // namespace common
