// Stands in for Apache Thrift in golden tests: the declarations that services and generated code
// use.
#pragma once

#include <exception>
#include <memory>
#include <string>

namespace apache::thrift {

class TException : public std::exception {};

class TApplicationException : public TException {
 public:
  enum TApplicationExceptionType { UNKNOWN = 0, INTERNAL_ERROR = 6 };
  TApplicationExceptionType getType() const;
};

class TProcessor {
 public:
  virtual ~TProcessor();
};

namespace transport {

class TTransportException : public TException {
 public:
  enum TTransportExceptionType { UNKNOWN = 0, NOT_OPEN = 1, TIMED_OUT = 2, END_OF_FILE = 3 };
  TTransportExceptionType getType() const;
};

class TTransport {
 public:
  virtual ~TTransport();
  virtual void open();
  virtual void close();
};

class TSocket : public TTransport {
 public:
  TSocket(const std::string& host, int port);
  TSocket(const std::string& path);
  void open() override;
  void setRecvTimeout(int milliseconds);
};

class TFramedTransport : public TTransport {
 public:
  explicit TFramedTransport(std::shared_ptr<TTransport> transport);
  void open() override;
};

class TServerTransport {};
class TServerSocket : public TServerTransport {
 public:
  explicit TServerSocket(int port);
};

}  // namespace transport

namespace protocol {

class TProtocol {
 public:
  virtual ~TProtocol();
};

template <class Transport>
class TBinaryProtocolT : public TProtocol {
 public:
  explicit TBinaryProtocolT(std::shared_ptr<Transport> transport);
};
using TBinaryProtocol = TBinaryProtocolT<transport::TTransport>;

}  // namespace protocol

namespace server {

class TServer {
 public:
  virtual ~TServer();
  virtual void serve();
};

class TThreadedServer : public TServer {
 public:
  TThreadedServer(const std::shared_ptr<TProcessor>& processor,
                  const std::shared_ptr<transport::TServerTransport>& transport);
  void serve() override;
};

}  // namespace server

}  // namespace apache::thrift
