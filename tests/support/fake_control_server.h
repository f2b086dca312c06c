// A control server for tests of what runs inside services: records every message and answers as it
// is told. Made of sockets, so that it can also answer badly, or not at all.
#pragma once

#include <condition_variable>
#include <functional>
#include <mutex>
#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "tests/support/reserved_port.h"

namespace filibuster {

class FakeControlServer {
 public:
  using Json = nlohmann::json;

  struct Message {
    std::string method;
    std::string path;
    std::string token;
    Json body;
  };

  FakeControlServer();  // on loopback, on a port of the kernel's choice
  ~FakeControlServer() { Stop(); }

  int port() const { return port_; }
  std::string url() const { return "http://127.0.0.1:" + std::to_string(port_); }

  // Closes every connection and stops listening; Start() listens on the same port again.
  void Stop();
  void Start();

  // A new test execution: no messages, no faults, and `new-test-execution` is true once.
  void Reset();

  // The members to add to the answer of a create: {} or a fault. Called with its body.
  void OnCreate(std::function<Json(const Json& body)> fault);
  // What to send instead of an answer: raw bytes, nothing for "" (the connection stays open).
  void AnswerWith(std::string bytes);
  void AnswerProperly();

  int accepted() const;  // connections, so far
  // All that was sent before: clients do not wait for the answers to updates.
  std::vector<Message> messages() const;
  // Bodies of the messages with this `instrumentation_type`, in their order.
  std::vector<Json> Bodies(const std::string& type) const;

 private:
  void Listen();
  void Serve(int connection);
  std::string Answer(const Message& message);  // mutex_ is held

  const ReservedPort reserved_;  // while it is stopped, nobody else is given its port
  const int port_ = reserved_.number();
  int listener_ = -1;
  std::thread acceptor_;
  void WaitUntilAllIsRead(std::unique_lock<std::mutex>& lock) const;

  mutable std::mutex mutex_;  // held, too, while a message is read
  std::condition_variable closed_;
  std::set<int> connections_;
  int accepted_ = 0;
  std::vector<Message> messages_;
  std::function<Json(const Json&)> on_create_;
  bool new_execution_ = true;
  int next_id_ = 0;
  bool proper_ = true;
  std::string raw_;
};

}  // namespace filibuster
