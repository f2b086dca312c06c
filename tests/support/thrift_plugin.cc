// A plugin that brings Thrift into a process that has none.
#include <sys/socket.h>
#include <thrift/TApplicationException.h>
#include <thrift/protocol/TBinaryProtocol.h>
#include <thrift/transport/TBufferTransports.h>
#include <thrift/transport/TSocket.h>
#include <unistd.h>

#include <memory>
#include <string>

using namespace apache::thrift;

namespace {

void Call(protocol::TBinaryProtocol& protocol) {
  protocol.writeMessageBegin("hello", protocol::T_CALL, 1);
  protocol.writeFieldStop();
  protocol.writeMessageEnd();
  protocol.getTransport()->flush();
  std::string name;
  protocol::TMessageType type{};
  std::int32_t number = 0;
  protocol.readMessageBegin(name, type, number);
}

}  // namespace

// 100 and the type of an exception of the transport, 200 and that of the application's; or 0. The
// callee takes the call and closes.
extern "C" int CallByPlugin() {
  int ends[2];
  if (::socketpair(AF_UNIX, SOCK_STREAM, 0, ends) != 0) return -1;
  ::shutdown(ends[1], SHUT_WR);
  protocol::TBinaryProtocol protocol(std::make_shared<transport::TFramedTransport>(
      std::make_shared<transport::TSocket>(ends[0])));
  int result = 0;
  try {
    Call(protocol);
  } catch (const transport::TTransportException& exception) {
    result = 100 + exception.getType();
  } catch (const TApplicationException& exception) {
    result = 200 + exception.getType();
  }
  ::close(ends[1]);
  return result;
}
