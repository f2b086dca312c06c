// processor => served on loopback, until the program is ended
#pragma once

#include <filibuster/thrift.h>
#include <thrift/protocol/TBinaryProtocol.h>
#include <thrift/server/TThreadedServer.h>
#include <thrift/transport/TBufferTransports.h>
#include <thrift/transport/TServerSocket.h>

#include <cstdlib>
#include <memory>

inline int PortOr(const char* variable, int otherwise) {
  const char* value = std::getenv(variable);
  return value != nullptr ? std::atoi(value) : otherwise;
}

inline void Serve(std::shared_ptr<apache::thrift::TProcessor> processor, int port) {
  using namespace apache::thrift;
  server::TThreadedServer server(filibuster::Instrument(processor),
                                 std::make_shared<transport::TServerSocket>("127.0.0.1", port),
                                 std::make_shared<transport::TFramedTransportFactory>(),
                                 std::make_shared<protocol::TBinaryProtocolFactory>());
  server.serve();
}
