// A handler that is too long to follow may answer with the status of a response: with each that the
// one that it calls may answer with.
#include <httplib.h>

int main(int argc, char**) {
  httplib::Server server;
  server.Get("/item", [&](const httplib::Request&, httplib::Response& response) {
    httplib::Client client("localhost", 9000);
    const auto result = client.Get("/item");
    int work = argc;
    for (int a = 0; a < 15; ++a)
      for (int b = 0; b < 15; ++b)
        for (int c = 0; c < 15; ++c)
          for (int d = 0; d < 15; ++d)
            for (int e = 0; e < 15; ++e)
              for (int f = 0; f < 15; ++f) work = work + a * b - c;
    const int status = result ? result->status : 504;
    response.status = status + work - work;
  });
  server.listen("0.0.0.0", 8000);
}
