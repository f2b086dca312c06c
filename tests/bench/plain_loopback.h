// cpp-httplib as it is without us, apart from files in which httplib is instrumented.
#pragma once

#include <memory>
#include <string>

namespace filibuster {

class PlainServer {
 public:
  PlainServer();  // answers GET /baz on loopback
  ~PlainServer();
  int port() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

class PlainClient {
 public:
  explicit PlainClient(int port);
  ~PlainClient();
  int Get(const std::string& path);  // => status

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace filibuster
