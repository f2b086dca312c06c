// The services that a book to listen to is downloaded through, one for each run of this program:
//
//   audible-app ──► content-delivery-engine
//               ──► content-delivery-service ──► audible-download-service ──► ownership
//                                            ──► asset-metadata           ──► activation
//                                            ──► audio-assets             ──► stats
//
// Each answers GET /books/BOOK, and asks those on its right from top to bottom.
#include <filibuster/httplib.h>

#include <cctype>
#include <iostream>
#include <map>

#include "common/service.h"

namespace {

constexpr int kNoAnswer = 0;
constexpr int kTimeout = 10;  // seconds

// "AUDIO_ASSETS_URL", …
std::string Variable(const std::string& service, const char* what) {
  std::string name;
  for (const char c : service) name += c == '-' ? '_' : static_cast<char>(std::toupper(c));
  return name + what;
}

struct Service {
  int port;
  int (*handle)(const std::string& book);  // => status
};
const Service* Find(const std::string& name);

// => status, or kNoAnswer
int Ask(const std::string& service, const std::string& book) {
  const std::string otherwise = "http://127.0.0.1:" + std::to_string(Find(service)->port);
  httplib::Client client(EnvOr(Variable(service, "_URL"), otherwise));
  client.set_read_timeout(kTimeout);
  const httplib::Result answer = client.Get("/books/" + book);
  return answer ? answer->status : kNoAnswer;
}

int AudibleApp(const std::string& book) {
  switch (Ask("content-delivery-engine", book)) {
    case 200:
      break;
    case 404:
      return 404;
    default:
      return 503;
  }
  switch (Ask("content-delivery-service", book)) {
    case 200:
      return 200;
    case 404:
      return 404;
    case 403:
      return 403;
    default:
      return 503;
  }
}

// What a service between answers when one that it needs does; 200: it goes on.
int StatusFor(int answer) {
  switch (answer) {
    case kNoAnswer:
      return 503;
    case 200:
    case 403:
    case 404:
      return answer;
    default:
      return 500;
  }
}

int ContentDeliveryService(const std::string& book) {
  const int download = Ask("audible-download-service", book);
  if (download == 503) return 503;
  if (download != 200) return StatusFor(download);
  const int metadata = Ask("asset-metadata", book);
  if (metadata != 200) return StatusFor(metadata);
  return StatusFor(Ask("audio-assets", book));
}

int AudibleDownloadService(const std::string& book) {
  const int ownership = Ask("ownership", book);
  if (ownership != 200) return StatusFor(ownership);
  switch (Ask("activation", book)) {
    case 200:
      break;
    case kNoAnswer:
      return 503;
    case 404:
      return 404;
    default:
      return 500;
  }
  Ask("stats", book);  // a download that is not counted is one all the same
  return 200;
}

int Has(const std::string&) { return 200; }

const Service* Find(const std::string& name) {
  static const std::map<std::string, Service> services = {
      {"audible-app", {5180, AudibleApp}},
      {"content-delivery-engine", {5181, Has}},
      {"content-delivery-service", {5182, ContentDeliveryService}},
      {"audible-download-service", {5183, AudibleDownloadService}},
      {"ownership", {5184, Has}},
      {"activation", {5185, Has}},
      {"stats", {5186, Has}},
      {"asset-metadata", {5187, Has}},
      {"audio-assets", {5188, Has}}};
  const auto found = services.find(name);
  return found != services.end() ? &found->second : nullptr;
}

}  // namespace

int main(int argc, char** argv) {
  const std::string name = argc == 2 ? argv[1] : "";
  const Service* const service = Find(name);
  if (service == nullptr) {
    std::cerr << "usage: audible SERVICE\n";
    return 2;
  }
  filibuster::SetServiceName(name);
  httplib::Server server;
  server.Get("/books/(\\w+)", [&](const httplib::Request& request, httplib::Response& response) {
    response.status = service->handle(request.matches[1]);
  });
  const std::string port = EnvOr(Variable(name, "_PORT"), std::to_string(service->port));
  return Serve(server, std::atoi(port.c_str()));
}
