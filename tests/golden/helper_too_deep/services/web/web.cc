#include "../../common/fetch.h"

int main() {
  httplib::Server server;
  server.Get("/", [](const httplib::Request&, httplib::Response& response) {
    response.status = common::Fetch();
  });
  server.listen("0.0.0.0", 8000);
}
