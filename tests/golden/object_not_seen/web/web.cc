// A method that was not seen may look at the result that its object keeps: nothing is claimed of
// what comes after it, and the status does not count as not checked.
#include <httplib.h>

#include <string>

struct Answer {
  httplib::Result result;
  bool IsGood() const;
  std::string Body() const { return result->body; }
};

httplib::Client client("localhost", 9000);

int main() {
  httplib::Server server;
  server.Get("/", [](const httplib::Request&, httplib::Response& response) {
    Answer answer{client.Get("/")};
    if (!answer.result) {
      response.status = 502;
      return;
    }
    if (!answer.IsGood()) return;
    response.status = std::stoi(answer.Body());
  });
  server.listen("0.0.0.0", 8000);
}
