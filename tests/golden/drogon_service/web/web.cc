// Methods of a controller, found by what they take; a status of the response that is made.
#include <drogon/drogon.h>

#include <stdexcept>

using namespace drogon;

class Items : public HttpController<Items> {
 public:
  void Get(const HttpRequestPtr& request,
           std::function<void(const HttpResponsePtr&)>&& callback) {
    if (request->path().empty()) {
      callback(HttpResponse::newHttpResponse(k404NotFound, 0));
      return;
    }
    if (request->path() == "/down") throw std::runtime_error("down");
    auto response = HttpResponse::newHttpResponse();
    if (request->path() == "/busy") response->setStatusCode(k503ServiceUnavailable);
    response->setBody("items");
    callback(response);
  }
};

int main() { app().addListener("0.0.0.0", 8000).run(); }
