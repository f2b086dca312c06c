// Handlers that are too long to follow name a helper outside of the services directory, or a table
// of such, and call it later: each has its calls from where it is named.
#include <httplib.h>

#include <functional>

#include "../../common/fetch.h"

using Fetching = int (*)(const std::string&);

const Fetching kTable[] = {&common::Fetch};
const Fetching kTableOfTwo[] = {kTable[0], &common::Answer};

int main(int argc, char**) {
  httplib::Server server;
  server.Get("/pointer", [&](const httplib::Request&, httplib::Response& response) {
    int work = argc;
    for (int a = 0; a < 15; ++a)
      for (int b = 0; b < 15; ++b)
        for (int c = 0; c < 15; ++c)
          for (int d = 0; d < 15; ++d)
            for (int e = 0; e < 15; ++e)
              for (int f = 0; f < 15; ++f) work = work + a * b - c;
    Fetching fetch = common::Fetch;
    if (fetch("/pointer") != work) response.status = 502;
  });
  server.Get("/table", [&](const httplib::Request&, httplib::Response& response) {
    int work = argc;
    for (int a = 0; a < 15; ++a)
      for (int b = 0; b < 15; ++b)
        for (int c = 0; c < 15; ++c)
          for (int d = 0; d < 15; ++d)
            for (int e = 0; e < 15; ++e)
              for (int f = 0; f < 15; ++f) work = work + a * b - c;
    if (kTable[argc]("/table") != work) response.status = 502;
  });
  server.Get("/table_of_two", [&](const httplib::Request&, httplib::Response& response) {
    int work = argc;
    for (int a = 0; a < 15; ++a)
      for (int b = 0; b < 15; ++b)
        for (int c = 0; c < 15; ++c)
          for (int d = 0; d < 15; ++d)
            for (int e = 0; e < 15; ++e)
              for (int f = 0; f < 15; ++f) work = work + a * b - c;
    if (kTableOfTwo[argc]("/table_of_two") != work) response.status = 502;
  });
  server.Get("/function", [&](const httplib::Request&, httplib::Response& response) {
    int work = argc;
    for (int a = 0; a < 15; ++a)
      for (int b = 0; b < 15; ++b)
        for (int c = 0; c < 15; ++c)
          for (int d = 0; d < 15; ++d)
            for (int e = 0; e < 15; ++e)
              for (int f = 0; f < 15; ++f) work = work + a * b - c;
    std::function<int(const std::string&)> fetch;
    fetch = common::Fetch;
    if (fetch("/function") != work) response.status = 502;
  });
  server.listen("0.0.0.0", 8000);
}
