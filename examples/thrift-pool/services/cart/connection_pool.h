// Connections to stock that are kept for the next request.
#pragma once

#include <filibuster/thrift.h>
#include <thrift/protocol/TBinaryProtocol.h>
#include <thrift/transport/TBufferTransports.h>
#include <thrift/transport/TSocket.h>

#include <memory>
#include <mutex>
#include <utility>
#include <vector>

#include "Stock.h"

struct Connection {
  explicit Connection(int port)
      : socket(std::make_shared<apache::thrift::transport::TSocket>("127.0.0.1", port)),
        transport(std::make_shared<apache::thrift::transport::TFramedTransport>(socket)),
        client(filibuster::Instrument(
            std::make_shared<apache::thrift::protocol::TBinaryProtocol>(transport))) {
    socket->setConnTimeout(2000);
    socket->setRecvTimeout(2000);
  }

  std::shared_ptr<apache::thrift::transport::TSocket> socket;
  std::shared_ptr<apache::thrift::transport::TFramedTransport> transport;
  shop::StockClient client;
};

class ConnectionPool {
 public:
  explicit ConnectionPool(int port) : port_(port) {}

  std::unique_ptr<Connection> Take() {
    std::unique_ptr<Connection> connection;
    {
      const std::lock_guard<std::mutex> lock(mutex_);
      if (!free_.empty()) {
        connection = std::move(free_.back());
        free_.pop_back();
      }
    }
    if (connection == nullptr) connection = std::make_unique<Connection>(port_);
    if (!connection->transport->isOpen()) connection->transport->open();
    return connection;
  }

  void Return(std::unique_ptr<Connection> connection) {
    const std::lock_guard<std::mutex> lock(mutex_);
    free_.push_back(std::move(connection));
  }

 private:
  const int port_;
  std::mutex mutex_;
  std::vector<std::unique_ptr<Connection>> free_;  // guarded by mutex_
};
