// What is thrown again by name is of the clause's type: the clause for its own does not take it.
#include <httplib.h>

struct Problem {
  virtual ~Problem() = default;
};
struct Down : Problem {};

void Translate() {
  try {
    httplib::Client client("localhost", 9000);
    if (!client.Get("/data")) throw Down();
  } catch (const Problem& problem) {
    throw problem;
  }
}

int main() {
  httplib::Server server;
  server.Get("/", [](const httplib::Request&, httplib::Response& response) {
    try {
      Translate();
    } catch (const Down&) {
      response.status = 503;
    } catch (const Problem&) {
      response.status = 502;
    }
  });
  server.listen("0.0.0.0", 8000);
}
