// Network problems are caught, an error that is raised for a status is not.
#include <userver/userver.hpp>

namespace http = userver::clients::http;
namespace server = userver::server;

class Web final : public server::handlers::HttpHandlerBase {
 public:
  std::string HandleRequestThrow(const server::http::HttpRequest& request,
                                 server::request::RequestContext&) const override {
    try {
      const auto answer = client_.CreateRequest()
                              .get("http://localhost:9000/data")
                              .timeout(std::chrono::milliseconds(800))
                              .perform();
      answer->raise_for_status();
      return answer->body();
    } catch (const http::TimeoutException&) {
      return "late";
    } catch (const http::NetworkProblemException&) {
      request.GetHttpResponse().SetStatus(server::http::HttpStatus::kBadGateway);
      return {};
    }
  }

 private:
  mutable http::Client client_;
};
