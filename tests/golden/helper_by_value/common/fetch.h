// Outside of the services directory.
#pragma once
#include <httplib.h>

#include <string>

namespace common {

inline int Fetch(const std::string& path) {
  httplib::Client client("localhost", 9000);
  const auto result = client.Get(path);
  return result ? result->status : 0;
}

inline int Answer(const std::string& path) {
  httplib::Client client("localhost", 9001);
  const auto result = client.Put(path, "", "text/plain");
  return result ? result->status : 0;
}

}  // namespace common
