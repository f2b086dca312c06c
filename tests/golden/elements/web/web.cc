// Elements of arrays and containers are places like fields: what is written to one by its index,
// through a reference or a pointer is found there again, and the others keep what they have.
#include <httplib.h>

#include <array>
#include <cstdlib>
#include <map>
#include <string>
#include <vector>

struct Entry {
  int code;
  std::string name;
  void Fail() { code = 503; }
};
void SetSecond(int* codes) { codes[1] = 503; }

httplib::Client client("localhost", 9000);

int main() {
  httplib::Server server;
  server.Get("/index", [](const httplib::Request&, httplib::Response& response) {
    int codes[2] = {200, 200};
    if (!client.Get("/index")) codes[1] = 503;
    response.status = codes[1];
  });
  server.Get("/other_index", [](const httplib::Request&, httplib::Response& response) {
    int codes[2] = {200, 200};
    if (!client.Get("/other_index")) codes[1] = 503;
    response.status = codes[0];
  });
  server.Get("/any_index", [](const httplib::Request&, httplib::Response& response) {
    int codes[2] = {200, 200};
    if (!client.Get("/any_index")) codes[std::rand() % 2] = 503;
    response.status = codes[0];
  });
  server.Get("/reference", [](const httplib::Request&, httplib::Response& response) {
    std::array<int, 2> codes = {200, 200};
    int& code = codes[1];
    if (!client.Get("/reference")) code = 503;
    response.status = codes[1];
  });
  server.Get("/out", [](const httplib::Request&, httplib::Response& response) {
    int codes[2] = {200, 200};
    if (!client.Get("/out")) SetSecond(codes);
    response.status = codes[1];
  });
  server.Get("/method", [](const httplib::Request&, httplib::Response& response) {
    std::vector<Entry> entries = {{200, "a"}, {200, "b"}};
    if (!client.Get("/method")) entries[1].Fail();
    response.status = entries[1].code;
  });
  // The pointer outlives its round, in which it was that of one element.
  server.Get("/found", [](const httplib::Request&, httplib::Response& response) {
    std::vector<Entry> entries = {{200, "a"}, {200, "b"}};
    Entry* found = nullptr;
    for (Entry& entry : entries) {
      if (entry.name == "a") found = &entry;
    }
    if (!client.Get("/found")) found->code = 503;
    response.status = entries[0].code;
  });
  server.Get("/first", [](const httplib::Request&, httplib::Response& response) {
    int codes[2] = {503, 200};
    int* first = nullptr;
    for (int& code : codes) {
      if (first == nullptr) first = &code;
    }
    if (!client.Get("/first")) response.status = *first;
  });
  server.Get("/made", [](const httplib::Request&, httplib::Response& response) {
    Entry* first = nullptr;
    for (int code : {503, 200}) {
      auto* entry = new Entry{code, ""};
      if (first == nullptr) first = entry;
    }
    if (!client.Get("/made")) response.status = first->code;
  });
  server.Get("/map", [](const httplib::Request&, httplib::Response& response) {
    std::map<std::string, int> codes = {{"a", 200}, {"b", 200}};
    if (!client.Get("/map")) codes.find("b")->second = 503;
    response.status = codes.at("b");
  });
  server.listen("0.0.0.0", 8000);
}
