// Handlers of operations in tables, found by name.
#include <httplib.h>

#include <functional>
#include <map>
#include <string>
#include <unordered_map>
#include <vector>

using Operation = std::function<int(const std::string&)>;

int Read(const std::string& key) {
  httplib::Client client("localhost", 9000);
  return client.Get("/read/" + key) ? 200 : 503;
}

int Write(const std::string& key) {
  httplib::Client client("localhost", 9000);
  return client.Post("/write/" + key, "", "text/plain") ? 200 : 504;
}

const std::map<std::string, Operation> kOperations = {{"read", Read}, {"write", Write}};

class Registry {
 public:
  Registry() {
    operations_["check"] = [this](const std::string& key) { return Check(key); };
    operations_.emplace("plain", [](const std::string&) { return 200; });
  }
  int Run(const std::string& name, const std::string& key) {
    const auto found = operations_.find(name);
    return found == operations_.end() ? 404 : found->second(key);
  }

 private:
  int Check(const std::string& key) { return client_.Get("/check/" + key) ? 200 : 502; }

  httplib::Client client_{"localhost", 9000};
  std::unordered_map<std::string, Operation> operations_;
};

int main() {
  Registry registry;
  std::vector<std::function<void(httplib::Response&)>> hooks;
  hooks.push_back([](httplib::Response& response) {
    httplib::Client client("localhost", 9000);
    if (!client.Get("/hook")) response.status = 501;
  });
  httplib::Server server;
  server.Get("/known", [](const httplib::Request&, httplib::Response& response) {
    response.status = kOperations.at("read")("key");
  });
  server.Get("/any", [](const httplib::Request& request, httplib::Response& response) {
    response.status = kOperations.at(request.path)("other");
  });
  server.Get("/found", [&](const httplib::Request& request, httplib::Response& response) {
    response.status = registry.Run(request.path, "key");
  });
  server.Get("/hooks", [&](const httplib::Request&, httplib::Response& response) {
    for (const auto& hook : hooks) hook(response);
  });
  server.listen("0.0.0.0", 8000);
}
