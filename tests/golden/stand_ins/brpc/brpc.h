// Stands in for brpc and the services that protoc generates in golden tests.
#pragma once

#include <string>

namespace google::protobuf {
class RpcController {
 public:
  virtual ~RpcController();
};
class RpcChannel {};
class Closure {};
}  // namespace google::protobuf

namespace brpc {

enum Errno { EFAILEDSOCKET = 1009, ERPCTIMEDOUT = 1008, EINTERNAL = 2001 };

class HttpHeader {
 public:
  int status_code() const;
  void set_status_code(int status);
};
class Controller : public google::protobuf::RpcController {
 public:
  bool Failed() const;
  int ErrorCode() const;
  void SetFailed(const std::string& reason);
  void SetFailed(int code, const char* format, ...);
  HttpHeader& http_response();
  void set_timeout_ms(long milliseconds);
};
struct ChannelOptions {
  int timeout_ms = 500;
};
class Channel : public google::protobuf::RpcChannel {
 public:
  int Init(const char* address, const ChannelOptions* options);
};

}  // namespace brpc

namespace shop {

class Request {};
class Reply {};

class CartService {
 public:
  virtual ~CartService();
  virtual void Add(google::protobuf::RpcController* controller, const Request* request,
                   Reply* reply, google::protobuf::Closure* done);
};
class CartService_Stub : public CartService {
 public:
  explicit CartService_Stub(google::protobuf::RpcChannel* channel);
  void Add(google::protobuf::RpcController* controller, const Request* request, Reply* reply,
           google::protobuf::Closure* done) override;
};

}  // namespace shop
