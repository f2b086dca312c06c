// A helper outside of the services directory makes the call. Paths come to it from one handler,
// and from none of two that are too long to follow: these have their calls, too, by each way that
// the helper has. The one that was followed has those that it makes only. What the others set is
// a source of errors, what they compare with is none.
#include <httplib.h>

#include <future>

#include "../../common/fetch.h"

int main(int argc, char**) {
  httplib::Server server;
  server.Get("/followed", [](const httplib::Request&, httplib::Response& response) {
    if (common::Fetch("/followed") != 200) response.status = 503;
  });
  server.Get("/long", [&](const httplib::Request&, httplib::Response& response) {
    int work = argc;
    for (int a = 0; a < 15; ++a)
      for (int b = 0; b < 15; ++b)
        for (int c = 0; c < 15; ++c)
          for (int d = 0; d < 15; ++d)
            for (int e = 0; e < 15; ++e)
              for (int f = 0; f < 15; ++f) work = work + a * b - c;
    if (common::Fetch("/long") != work) response.status = 502;
  });
  server.Get("/task", [&](const httplib::Request&, httplib::Response& response) {
    int work = argc;
    for (int a = 0; a < 15; ++a)
      for (int b = 0; b < 15; ++b)
        for (int c = 0; c < 15; ++c)
          for (int d = 0; d < 15; ++d)
            for (int e = 0; e < 15; ++e)
              for (int f = 0; f < 15; ++f) work = work + a * b - c;
    auto task = std::async(std::launch::async, common::Fetch, std::string("/task"));
    if (task.get() == 404) response.status = 504;
  });
  server.listen("0.0.0.0", 8000);
}
