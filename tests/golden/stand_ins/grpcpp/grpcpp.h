// Stands in for gRPC in golden tests: the declarations that services and generated code use.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>

namespace grpc {

enum StatusCode {
  OK = 0,
  CANCELLED = 1,
  UNKNOWN = 2,
  INVALID_ARGUMENT = 3,
  DEADLINE_EXCEEDED = 4,
  NOT_FOUND = 5,
  INTERNAL = 13,
  UNAVAILABLE = 14
};

class Status {
 public:
  Status();
  Status(StatusCode code, const std::string& message);
  static const Status& OK;
  static const Status& CANCELLED;
  bool ok() const;
  StatusCode error_code() const;
  std::string error_message() const;

 private:
  StatusCode code_ = StatusCode::OK;
};

class ClientContext {
 public:
  ClientContext();
  template <typename T>
  void set_deadline(const T& deadline);
};
class ServerContext {};
class ServerUnaryReactor {
 public:
  void Finish(Status status);
};
class CallbackServerContext {
 public:
  ServerUnaryReactor* DefaultReactor();
};

class CompletionQueue {
 public:
  bool Next(void** tag, bool* ok);
};
class ServerCompletionQueue : public CompletionQueue {};
template <class Reply>
class ClientAsyncResponseReader {
 public:
  void Finish(Reply* reply, Status* status, void* tag);
};
template <class Reply>
class ServerAsyncResponseWriter {
 public:
  explicit ServerAsyncResponseWriter(ServerContext* context);
  void Finish(const Reply& reply, const Status& status, void* tag);
  void FinishWithError(const Status& status, void* tag);
};

class ChannelInterface {};
class Channel : public ChannelInterface {};
class ChannelCredentials {};
class ServerCredentials {};
std::shared_ptr<ChannelCredentials> InsecureChannelCredentials();
std::shared_ptr<ServerCredentials> InsecureServerCredentials();
std::shared_ptr<Channel> CreateChannel(const std::string& target,
                                       const std::shared_ptr<ChannelCredentials>& credentials);

class Service {
 public:
  virtual ~Service();
};
class Server {
 public:
  void Wait();
};
class ServerBuilder {
 public:
  ServerBuilder& AddListeningPort(const std::string& address,
                                  std::shared_ptr<ServerCredentials> credentials,
                                  int* port = nullptr);
  ServerBuilder& RegisterService(Service* service);
  std::unique_ptr<ServerCompletionQueue> AddCompletionQueue();
  std::unique_ptr<Server> BuildAndStart();
};

}  // namespace grpc
