// The result comes as a pair, or to a function; one that is not looked at is a null response.
#include <drogon/drogon.h>

using namespace drogon;

int main() {
  app().registerHandler("/pair", [](const HttpRequestPtr&,
                                    std::function<void(const HttpResponsePtr&)>&& callback) {
    auto client = HttpClient::newHttpClient("http://localhost:9000");
    auto request = HttpRequest::newHttpRequest();
    request->setPath("/data");
    auto [result, answer] = client->sendRequest(request);
    auto response = HttpResponse::newHttpResponse();
    if (result != ReqResult::Ok) {
      response->setStatusCode(k503ServiceUnavailable);
    } else if (answer->getStatusCode() != k200OK) {
      response->setStatusCode(k502BadGateway);
    }
    callback(response);
  });
  app().registerHandler("/later", [](const HttpRequestPtr&,
                                     std::function<void(const HttpResponsePtr&)>&& callback) {
    auto client = HttpClient::newHttpClient("http://localhost:9001");
    client->sendRequest(HttpRequest::newHttpRequest(),
                        [callback](ReqResult result, const HttpResponsePtr& answer) {
                          if (result == ReqResult::Ok) {
                            callback(answer);
                          } else {
                            callback(HttpResponse::newNotFoundResponse());
                          }
                        });
  });
  app().addListener("0.0.0.0", 8000).run();
}
