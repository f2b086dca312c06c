// A helper that makes one call at once, and another behind more calls than are followed.
#pragma once

#include <httplib.h>

namespace common {

template <int kSteps>
void Descend(httplib::Client& client, int& code) {
  if constexpr (kSteps > 0) {
    Descend<kSteps - 1>(client, code);
  } else if (!client.Get("/deep")) {
    code = 503;
  }
}

inline int Fetch() {
  httplib::Client client("localhost", 9000);
  int code = 200;
  if (!client.Get("/near")) return 504;
  Descend<60>(client, code);
  return code;
}

}  // namespace common
