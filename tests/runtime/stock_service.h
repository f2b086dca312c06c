// A Thrift service for the tests of what instruments Thrift, on loopback.
#pragma once

#include <filibuster/thrift.h>
#include <thrift/protocol/TBinaryProtocol.h>
#include <thrift/protocol/TCompactProtocol.h>
#include <thrift/server/TThreadedServer.h>
#include <thrift/transport/TBufferTransports.h>
#include <thrift/transport/TServerSocket.h>
#include <thrift/transport/TSocket.h>

#include <functional>
#include <future>
#include <memory>
#include <string>
#include <thread>
#include <utility>

#include "Stock.h"

namespace filibuster {

using test::OutOfStock;
using test::StockClient;

// How messages are written, on both sides.
struct Wire {
  bool framed = true;
  bool compact = false;

  std::shared_ptr<apache::thrift::transport::TTransportFactory> transport_factory() const {
    using namespace apache::thrift::transport;
    if (framed) return std::make_shared<TFramedTransportFactory>();
    return std::make_shared<TBufferedTransportFactory>();
  }
  std::shared_ptr<apache::thrift::protocol::TProtocolFactory> protocol_factory() const {
    using namespace apache::thrift::protocol;
    if (compact) return std::make_shared<TCompactProtocolFactory>();
    return std::make_shared<TBinaryProtocolFactory>();
  }
};

class StockHandler : public test::StockIf {
 public:
  explicit StockHandler(std::function<int(const std::string& item)> reserve)
      : reserve_(std::move(reserve)) {}

  std::int32_t Reserve(const std::string& item, const std::int32_t count) override {
    return count * reserve_(item);
  }
  void Ping() override {}
  void Note(const std::string& text) override { reserve_(text); }

 private:
  const std::function<int(const std::string&)> reserve_;
};

// Serves until it is destroyed.
class StockServer {
 public:
  StockServer(Wire wire, std::function<int(const std::string&)> reserve, bool instrumented = true)
      : socket_(std::make_shared<apache::thrift::transport::TServerSocket>("127.0.0.1", 0)) {
    std::shared_ptr<apache::thrift::TProcessor> processor =
        std::make_shared<test::StockProcessor>(std::make_shared<StockHandler>(std::move(reserve)));
    if (instrumented) processor = Instrument(processor);
    server_ = std::make_unique<apache::thrift::server::TThreadedServer>(
        processor, socket_, wire.transport_factory(), wire.protocol_factory());
    const auto ready = std::make_shared<Ready>();
    server_->setServerEventHandler(ready);
    thread_ = std::thread([this] { server_->serve(); });
    ready->promise.get_future().wait();
  }
  ~StockServer() {
    server_->stop();
    thread_.join();
  }

  int port() const { return socket_->getPort(); }

 private:
  struct Ready : apache::thrift::server::TServerEventHandler {
    void preServe() override { promise.set_value(); }
    std::promise<void> promise;
  };

  const std::shared_ptr<apache::thrift::transport::TServerSocket> socket_;
  std::unique_ptr<apache::thrift::server::TThreadedServer> server_;
  std::thread thread_;
};

// A client and what it is made of.
struct StockConnection {
  StockConnection(Wire wire, int port, int timeout_ms = 0)
      : StockConnection(wire,
                        std::make_shared<apache::thrift::transport::TSocket>("127.0.0.1", port),
                        timeout_ms) {}
  StockConnection(Wire wire, std::shared_ptr<apache::thrift::transport::TSocket> made,
                  int timeout_ms = 0)
      : socket(std::move(made)),
        transport(wire.transport_factory()->getTransport(socket)),
        client(Instrument(wire.protocol_factory()->getProtocol(transport))) {
    socket->setRecvTimeout(timeout_ms);
    transport->open();
  }

  std::shared_ptr<apache::thrift::transport::TSocket> socket;
  std::shared_ptr<apache::thrift::transport::TTransport> transport;
  StockClient client;
};

// All that a caller can see of a call.
inline std::string Reserve(StockConnection& connection, const std::string& item = "teapot") {
  std::string seen;
  try {
    seen = std::to_string(connection.client.Reserve(item, 2));
  } catch (const OutOfStock& exception) {
    seen = std::string("OutOfStock ") + exception.what() + " '" + exception.item + "'";
  } catch (const apache::thrift::TApplicationException& exception) {
    seen = "application " + std::to_string(exception.getType()) + " " + exception.what();
  } catch (const apache::thrift::transport::TTransportException& exception) {
    seen = "transport " + std::to_string(exception.getType()) + " " + exception.what();
  }
  return seen + (connection.transport->isOpen() ? ", open" : ", closed");
}

}  // namespace filibuster
