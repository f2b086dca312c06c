#include "tests/bench/plain_loopback.h"

#include <httplib.h>

#include <thread>

namespace filibuster {

struct PlainServer::State {
  httplib::Server server;
  int port = 0;
  std::thread thread;
};

PlainServer::PlainServer() : state_(std::make_unique<State>()) {
  httplib::Server& server = state_->server;
  server.set_tcp_nodelay(true);
  server.set_keep_alive_max_count(1'000'000'000);
  server.Get("/baz", [](const httplib::Request&, httplib::Response& response) {
    response.set_content("baz", "text/plain");
  });
  state_->port = server.bind_to_any_port("127.0.0.1");
  state_->thread = std::thread([&server] { server.listen_after_bind(); });
  while (!server.is_running()) std::this_thread::yield();
}

PlainServer::~PlainServer() {
  state_->server.stop();
  state_->thread.join();
}

int PlainServer::port() const { return state_->port; }

struct PlainClient::State {
  explicit State(int port) : client("127.0.0.1", port) {}
  httplib::Client client;
};

PlainClient::PlainClient(int port) : state_(std::make_unique<State>(port)) {
  state_->client.set_keep_alive(true);
  state_->client.set_tcp_nodelay(true);
}

PlainClient::~PlainClient() = default;

int PlainClient::Get(const std::string& path) {
  const auto result = state_->client.Get(path);
  return result ? result->status : 0;
}

}  // namespace filibuster
