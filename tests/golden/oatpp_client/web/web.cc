// A declared call throws if it fails, and gives a response with a status.
#include <oatpp/oatpp.hpp>

using oatpp::web::client::RequestExecutor;

class Items : public oatpp::web::client::ApiClient {
 public:
  API_CALL(GetItems)
};

class Web : public oatpp::web::server::api::ApiController {
 public:
  ENDPOINT(Checked) {
    try {
      const auto answer = items_->GetItems();
      OATPP_ASSERT_HTTP(answer->getStatusCode() == 200, Status::CODE_502, "items");
      return createResponse(Status::CODE_200, answer->readBodyToString());
    } catch (const RequestExecutor::RequestExecutionError&) {
      return createResponse(Status::CODE_503, "items");
    }
  }
  ENDPOINT(Unchecked) {
    return createResponse(Status::CODE_200, items_->GetItems()->readBodyToString());
  }

 private:
  std::shared_ptr<Items> items_;
};

int main() { Web web; }
