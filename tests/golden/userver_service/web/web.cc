// Exceptions have a status by their type, also those that derive from them.
#include <userver/userver.hpp>

namespace server = userver::server;

class NoSuchItem : public server::handlers::ResourceNotFound {};

class Web final : public server::handlers::HttpHandlerBase {
 public:
  std::string HandleRequestThrow(const server::http::HttpRequest& request,
                                 server::request::RequestContext&) const override {
    const std::string& name = request.GetArg("name");
    if (name.empty()) throw server::handlers::ClientError();
    if (name == "none") throw NoSuchItem();
    if (name == "down") throw std::runtime_error("down");
    return name;
  }
};
