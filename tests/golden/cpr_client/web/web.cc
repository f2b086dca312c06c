// Errors by their code and as a whole; a call that failed has the status 0; one is not looked at.
#include <cpr/cpr.h>
#include <httplib.h>

using httplib::Request;
using httplib::Response;

int ByCode() {
  const cpr::Response r =
      cpr::Get(cpr::Url{"http://localhost:9000/data"}, cpr::Timeout{std::chrono::seconds(2)});
  if (r.error.code == cpr::ErrorCode::OPERATION_TIMEDOUT) return 504;
  if (r.error) return 503;
  return r.status_code == 200 ? 200 : 502;
}

int ByStatus() {
  auto r = cpr::Post(cpr::Url{std::string("http://localhost:9001") + "/items"},
                     cpr::Body{"{}"});
  if (r.status_code == 0) return 503;
  if (r.status_code >= 500) return 502;
  return 200;
}

int main() {
  httplib::Server server;
  server.Get("/code", [](const Request&, Response& response) { response.status = ByCode(); });
  server.Get("/status", [](const Request&, Response& response) { response.status = ByStatus(); });
  server.Get("/text", [](const Request&, Response& response) {
    response.set_content(cpr::Get(cpr::Url{"http://localhost:9002/text"}).text, "text/plain");
  });
  server.listen("0.0.0.0", 8000);
}
