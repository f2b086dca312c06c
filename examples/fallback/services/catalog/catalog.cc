// GET /find/WORD asks search what there is, or the replica of search where search fails.
//
// Planted bug: see Search.
#include <filibuster/httplib.h>

#include "common/service.h"

FILIBUSTER_SERVICE("catalog");

namespace {

struct Endpoints {
  std::string search = EnvOr("SEARCH_URL", "http://127.0.0.1:5131");
  std::string replica = EnvOr("REPLICA_URL", "http://127.0.0.1:5132");
};

class Search {
 public:
  // The bug: a copied line. The fallback is the server that has just failed.
  explicit Search(const Endpoints& endpoints)
      : primary_(endpoints.search), fallback_(endpoints.search) {
    primary_.set_read_timeout(5);
    fallback_.set_read_timeout(5);
  }

  httplib::Result Find(const std::string& word) {
    httplib::Result found = primary_.Get("/search/" + word);
    if (found && found->status == 200) return found;
    return fallback_.Get("/search/" + word);
  }

 private:
  httplib::Client primary_;
  httplib::Client fallback_;
};

}  // namespace

int main() {
  httplib::Server server;
  server.Get("/find/(.+)", [](const httplib::Request& request, httplib::Response& response) {
    Search search{Endpoints()};
    const httplib::Result found = search.Find(request.matches[1]);
    if (!found || found->status != 200) {
      response.status = 503;
      return;
    }
    response.set_content(found->body, "text/plain");
  });
  return Serve(server, std::atoi(EnvOr("CATALOG_PORT", "5130").c_str()));
}
