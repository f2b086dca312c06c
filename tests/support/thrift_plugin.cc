// A plugin that brings Thrift into a process that has none.
#include <sys/socket.h>
#include <thrift/protocol/TBinaryProtocol.h>
#include <thrift/transport/TBufferTransports.h>
#include <thrift/transport/TSocket.h>
#include <unistd.h>

#include <memory>

// Whether all of a call was sent.
extern "C" int CallByPlugin() {
  using namespace apache::thrift;
  int ends[2];
  if (::socketpair(AF_UNIX, SOCK_STREAM, 0, ends) != 0) return 0;
  const auto transport =
      std::make_shared<transport::TFramedTransport>(std::make_shared<transport::TSocket>(ends[0]));
  protocol::TBinaryProtocol protocol(transport);
  protocol.writeMessageBegin("hello", protocol::T_CALL, 1);
  const auto size = 4 + 4 + 4 + 5 + 4 + 1;  // the frame's, the version, the name, the number, end
  protocol.writeFieldStop();
  transport->flush();
  char bytes[64];
  const bool is_sent = ::read(ends[1], bytes, sizeof bytes) == size;
  ::close(ends[1]);
  return is_sent ? 1 : 0;
}
