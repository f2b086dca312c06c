// call => the same with our headers, or its fault. Part of filibuster/thrift.h.
#pragma once

#include <thrift/protocol/TProtocolDecorator.h>
#include <thrift/transport/TTransport.h>

#include <cstdint>
#include <memory>
#include <string>
#include <utility>

#include "filibuster/detail/thrift_call.h"
#include "filibuster/detail/thrift_headers.h"
#include "filibuster/detail/thrift_values.h"

namespace filibuster_thrift {

// What a client flushes and closes: tells the call of what goes wrong.
class ClientTransport final : public ::apache::thrift::transport::TTransport {
 public:
  ClientTransport(std::shared_ptr<TTransport> transport, std::shared_ptr<ClientCall> call)
      : transport_(std::move(transport)), call_(std::move(call)) {}

  void flush() override {
    call_->Watch([&] { transport_->flush(); });
    call_->Sent();
  }

  bool isOpen() const override { return transport_->isOpen(); }
  bool peek() override { return transport_->peek(); }
  void open() override { transport_->open(); }
  void close() override { transport_->close(); }
  std::uint32_t read_virt(std::uint8_t* buffer, std::uint32_t size) override {
    return transport_->read(buffer, size);
  }
  std::uint32_t readAll_virt(std::uint8_t* buffer, std::uint32_t size) override {
    return transport_->readAll(buffer, size);
  }
  std::uint32_t readEnd() override { return transport_->readEnd(); }
  void write_virt(const std::uint8_t* buffer, std::uint32_t size) override {
    transport_->write(buffer, size);
  }
  std::uint32_t writeEnd() override { return transport_->writeEnd(); }
  const std::uint8_t* borrow_virt(std::uint8_t* buffer, std::uint32_t* size) override {
    return transport_->borrow(buffer, size);
  }
  void consume_virt(std::uint32_t size) override { transport_->consume(size); }
  const std::string getOrigin() const override { return transport_->getOrigin(); }

 private:
  const std::shared_ptr<TTransport> transport_;
  const std::shared_ptr<ClientCall> call_;
};

// Of one client: one call at a time.
class ClientProtocol final : public ::apache::thrift::protocol::TProtocolDecorator {
  using TMessageType = ::apache::thrift::protocol::TMessageType;
  using TType = ::apache::thrift::protocol::TType;

 public:
  explicit ClientProtocol(const std::shared_ptr<TProtocol>& protocol)
      : TProtocolDecorator(protocol),
        protocol_(protocol),
        call_(std::make_shared<ClientCall>(protocol->getTransport())) {
    ptrans_ = std::make_shared<ClientTransport>(protocol->getTransport(), call_);
  }

  std::uint32_t writeMessageBegin_virt(const std::string& name, const TMessageType type,
                                       const std::int32_t sequence) override {
    depth_ = 0;
    call_->Begin(name, type == ::apache::thrift::protocol::T_ONEWAY);
    return protocol_->writeMessageBegin(name, type, sequence);
  }

  std::uint32_t writeStructBegin_virt(const char* name) override {
    const std::uint32_t size = protocol_->writeStructBegin(name);
    return depth_++ == 0 ? size + WriteHeaders(protocol_.get(), call_->headers()) : size;
  }
  std::uint32_t writeStructEnd_virt() override {
    --depth_;
    return protocol_->writeStructEnd();
  }

  std::uint32_t readMessageBegin_virt(std::string& name, TMessageType& type,
                                      std::int32_t& sequence) override {
    depth_ = 0;
    field_ = 0;
    call_->BeforeAnswer();
    std::uint32_t size = 0;
    call_->Watch([&] { size = protocol_->readMessageBegin(name, type, sequence); });
    is_exception_ = type == ::apache::thrift::protocol::T_EXCEPTION;
    if (!call_->DropsAnswer()) return size;
    protocol_->skip(::apache::thrift::protocol::T_STRUCT);
    protocol_->readMessageEnd();
    protocol_->getTransport()->readEnd();
    call_->AnswerDropped();
    call_->Watch([&] { size = protocol_->readMessageBegin(name, type, sequence); });
    return size;
  }

  // The answer: field 0 is the result, others are declared exceptions; of Thrift's own exception,
  // field 2 is the type.
  std::uint32_t readStructBegin_virt(std::string& name) override {
    ++depth_;
    return protocol_->readStructBegin(name);
  }
  std::uint32_t readStructEnd_virt() override {
    --depth_;
    return protocol_->readStructEnd();
  }
  std::uint32_t readFieldBegin_virt(std::string& name, TType& type, std::int16_t& id) override {
    const std::uint32_t size = protocol_->readFieldBegin(name, type, id);
    if (depth_ == 1 && type != ::apache::thrift::protocol::T_STOP) field_ = id;
    return size;
  }
  std::uint32_t readI32_virt(std::int32_t& number) override {
    const std::uint32_t size = protocol_->readI32(number);
    if (is_exception_ && depth_ == 1 && field_ == 2) exception_type_ = number;
    return size;
  }
  std::uint32_t readMessageEnd_virt() override {
    const std::uint32_t size = protocol_->readMessageEnd();
    if (is_exception_) {
      call_->Failed(NameOfApplication(std::exchange(exception_type_, 0)));
    } else if (field_ != 0) {
      call_->Failed(NameOfDeclared(field_));
    } else {
      call_->Returned();
    }
    return size;
  }

 private:
  const std::shared_ptr<TProtocol> protocol_;
  const std::shared_ptr<ClientCall> call_;
  int depth_ = 0;  // of structs
  std::int16_t field_ = 0;
  bool is_exception_ = false;
  std::int32_t exception_type_ = 0;
};

}  // namespace filibuster_thrift
