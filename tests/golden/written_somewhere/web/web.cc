// What is written where the analyzer does not know it to be may be what decides: nothing that it
// may be is claimed after it, and what it cannot be is.
#include <httplib.h>

#include <cstdlib>
#include <utility>
#include <vector>

struct Codes {
  int good = 200;
  int bad = 200;
};
struct Context {
  httplib::Response* response;
  int tries;
};
int* Choose(int& one, int& other);
Context* Current();
void SetFirst(int* out) { out[0] = 503; }

httplib::Client client("localhost", 9000);

int main() {
  httplib::Server server;
  server.Get("/pointer", [](const httplib::Request&, httplib::Response& response) {
    int good = 200;
    int bad = 200;
    int* code = Choose(good, bad);
    bad = 200;
    if (!client.Get("/pointer")) *code = 503;
    response.status = bad;
  });
  server.Get("/arithmetic", [](const httplib::Request&, httplib::Response& response) {
    int codes[2] = {200, 200};
    int* code = codes;
    ++code;
    if (!client.Get("/arithmetic")) *code = 503;
    response.status = codes[1];
  });
  server.Get("/member_pointer", [](const httplib::Request&, httplib::Response& response) {
    Codes codes;
    int Codes::* code = &Codes::bad;
    if (!client.Get("/member_pointer")) codes.*code = 503;
    response.status = codes.bad;
  });
  server.Get("/pointers", [](const httplib::Request&, httplib::Response& response) {
    std::vector<httplib::Response*> responses;
    responses.push_back(&response);
    if (!client.Get("/pointers")) responses[0]->status = 503;
  });
  server.Get("/context", [](const httplib::Request&, httplib::Response& response) {
    Current()->response = &response;
    if (!client.Get("/context")) Current()->response->status = 503;
  });
  server.Get("/other_field", [](const httplib::Request&, httplib::Response& response) {
    response.status = 200;
    if (!client.Get("/other_field")) Current()->tries = 503;
  });
  server.Get("/element", [](const httplib::Request&, httplib::Response& response) {
    std::vector<Codes> codes = {{200, 200}, {200, 200}};
    if (!client.Get("/element")) codes[0].bad = 503;
    response.status = codes[0].bad;
  });
  server.Get("/range", [](const httplib::Request&, httplib::Response& response) {
    std::vector<int> codes = {200, 200};
    if (!client.Get("/range")) {
      for (int& code : codes) code = 503;
    }
    response.status = codes[1];
  });
  server.Get("/out", [](const httplib::Request&, httplib::Response& response) {
    int code = 200;
    if (!client.Get("/out")) SetFirst(&code);
    response.status = code;
  });
  server.Get("/union", [](const httplib::Request&, httplib::Response& response) {
    union {
      int code;
      unsigned raw;
    } status = {200};
    if (!client.Get("/union")) status.raw = 503;
    response.status = status.code;
  });
  server.Get("/swapped", [](const httplib::Request&, httplib::Response& response) {
    int code = 200, other = 503;
    if (!client.Get("/swapped")) std::swap(code, other);
    response.status = code;
  });
  server.listen("0.0.0.0", 8000);
}
