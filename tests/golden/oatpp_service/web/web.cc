// Statuses of a response that is made, and of an error that is thrown.
#include <oatpp/oatpp.hpp>

class Web : public oatpp::web::server::api::ApiController {
 public:
  ENDPOINT(Find, const std::string& name) {
    OATPP_ASSERT_HTTP(!name.empty(), Status::CODE_404, "no name");
    if (name == "busy") return createResponse(Status::CODE_503, "busy");
    return createResponse(Status::CODE_200, name);
  }
};

int main() { Web web; }
