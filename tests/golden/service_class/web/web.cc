// Handlers are methods of an object that holds the client.
#include <httplib.h>

#include <memory>
#include <string>

class Store {
 public:
  virtual ~Store() = default;
  virtual std::string Get(const std::string& key) = 0;
};

class RemoteStore : public Store {
 public:
  RemoteStore(const std::string& host, int port) : client_(host, port) {
    client_.set_read_timeout(3);
  }

  std::string Get(const std::string& key) override {
    auto result = client_.Get("/keys/" + key);
    return result && result->status == 200 ? result->body : "";
  }

 private:
  httplib::Client client_;
};

class Web {
 public:
  explicit Web(std::unique_ptr<Store> store) : store_(std::move(store)) {
    server_.Get("/", [this](const httplib::Request& request, httplib::Response& response) {
      Handle(request, response);
    });
  }

  void Run() { server_.listen("0.0.0.0", 8000); }

 private:
  void Handle(const httplib::Request&, httplib::Response& response) {
    const std::string value = store_->Get("name");
    if (value == "") {
      response.status = 404;
      return;
    }
    response.set_content(value, "text/plain");
  }

  std::unique_ptr<Store> store_;
  httplib::Server server_;
};

int main() {
  Web web(std::make_unique<RemoteStore>("store", 7000));
  web.Run();
}
