// Nobody looks at the status of an answer, and what reads its body may not understand an error's.
#include <httplib.h>

#include <string>

int Count(const std::string& path) {
  httplib::Client client("localhost", 9000);
  const auto answer = client.Get(path);
  if (!answer) return 0;
  return std::stoi(answer->body);
}

int CheckedCount(const std::string& path) {
  httplib::Client client("localhost", 9000);
  const auto answer = client.Get(path);
  if (!answer || answer->status != 200) return 0;
  return std::stoi(answer->body);
}

int main() {
  httplib::Server server;
  server.Get("/", [](const httplib::Request&, httplib::Response& response) {
    response.set_content(std::to_string(Count("/a") + CheckedCount("/b")), "text/plain");
  });
  server.listen("0.0.0.0", 8000);
}
