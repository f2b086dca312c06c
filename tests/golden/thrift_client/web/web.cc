// A call throws what the transport throws: caught by its kind, by a base class, and not at all.
#include <Stock.h>
#include <httplib.h>

using apache::thrift::TException;
using apache::thrift::protocol::TBinaryProtocol;
using apache::thrift::transport::TFramedTransport;
using apache::thrift::transport::TSocket;
using apache::thrift::transport::TTransportException;

int TakeByKind() {
  auto socket = std::make_shared<TSocket>("stock", 9090);
  socket->setRecvTimeout(250);
  auto transport = std::make_shared<TFramedTransport>(socket);
  shop::StockClient client(std::make_shared<TBinaryProtocol>(transport));
  try {
    transport->open();
    return client.Take("apple") > 0 ? 200 : 404;
  } catch (const TTransportException& e) {
    return e.getType() == TTransportException::TIMED_OUT ? 504 : 503;
  } catch (const shop::OutOfStock&) {
    return 409;
  } catch (const TException&) {
    return 502;
  }
}

int TakeOrNone() {
  auto socket = std::make_shared<TSocket>("stock", 9090);
  shop::StockClient client(std::make_shared<TBinaryProtocol>(socket));
  try {
    return client.Take("pear");
  } catch (const TException&) {
    return 0;
  }
}

int Take() {
  auto socket = std::make_shared<TSocket>("stock", 9090);
  shop::StockClient client(std::make_shared<TBinaryProtocol>(socket));
  return client.Take("plum");
}

int main() {
  httplib::Server server;
  server.Get("/kind", [](const httplib::Request&, httplib::Response& response) {
    response.status = TakeByKind();
  });
  server.Get("/none", [](const httplib::Request&, httplib::Response& response) {
    response.set_content(std::to_string(TakeOrNone()), "text/plain");
  });
  server.Get("/", [](const httplib::Request&, httplib::Response& response) {
    response.set_content(std::to_string(Take()), "text/plain");
  });
  server.listen("0.0.0.0", 8000);
}
