// call that arrives => its handler runs in its context. Part of filibuster/thrift.h.
#pragma once

#include <thrift/TProcessor.h>
#include <thrift/protocol/TProtocolDecorator.h>

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "filibuster/context.h"
#include "filibuster/detail/thrift_headers.h"
#include "filibuster/detail/thrift_values.h"
#include "filibuster/injector.h"

namespace filibuster_thrift {

// Reads one call. Lives until it has been answered, on the thread that answers it.
class ServerProtocol final : public ::apache::thrift::protocol::TProtocolDecorator {
  using TMessageType = ::apache::thrift::protocol::TMessageType;
  using TType = ::apache::thrift::protocol::TType;

 public:
  explicit ServerProtocol(std::shared_ptr<TProtocol> protocol)
      : TProtocolDecorator(protocol), protocol_(std::move(protocol)) {}

  std::uint32_t readStructBegin_virt(std::string& name) override {
    ++depth_;
    return protocol_->readStructBegin(name);
  }
  std::uint32_t readStructEnd_virt() override {
    --depth_;
    return protocol_->readStructEnd();
  }
  std::uint32_t readFieldBegin_virt(std::string& name, TType& type, std::int16_t& id) override {
    std::uint32_t size = protocol_->readFieldBegin(name, type, id);
    if (depth_ != 1 || id != kHeadersField || type != ::apache::thrift::protocol::T_MAP) {
      return size;
    }
    TType of_keys{};
    TType of_values{};
    std::uint32_t count = 0;
    size += protocol_->readMapBegin(of_keys, of_values, count);
    for (std::uint32_t i = 0; i < count; ++i) {
      std::string header;
      std::string value;
      size += protocol_->readString(header);
      size += protocol_->readString(value);
      headers_[header] = value;
    }
    size += protocol_->readMapEnd() + protocol_->readFieldEnd();
    return size + protocol_->readFieldBegin(name, type, id);
  }

  // The handler is called next.
  std::uint32_t readMessageEnd_virt() override {
    const std::uint32_t size = protocol_->readMessageEnd();
    scope_.emplace(filibuster::ReceiveRequest([&](const char* name) {
      const auto header = headers_.find(name);
      return header == headers_.end() ? std::string() : header->second;
    }));
    return size;
  }

 private:
  const std::shared_ptr<TProtocol> protocol_;
  int depth_ = 0;  // of structs
  std::map<std::string, std::string> headers_;
  std::optional<filibuster::ContextScope> scope_;
};

// Writes the answers to the calls that this thread is handling: field 0 is a result, others are
// declared exceptions.
class AnswerProtocol final : public ::apache::thrift::protocol::TProtocolDecorator {
  using TMessageType = ::apache::thrift::protocol::TMessageType;
  using TType = ::apache::thrift::protocol::TType;

 public:
  explicit AnswerProtocol(std::shared_ptr<TProtocol> protocol)
      : TProtocolDecorator(protocol), protocol_(std::move(protocol)) {}

  std::uint32_t writeMessageBegin_virt(const std::string& name, const TMessageType type,
                                       const std::int32_t sequence) override {
    depth_ = 0;
    field_ = 0;
    is_exception_ = type == ::apache::thrift::protocol::T_EXCEPTION;
    return protocol_->writeMessageBegin(name, type, sequence);
  }
  std::uint32_t writeStructBegin_virt(const char* name) override {
    ++depth_;
    return protocol_->writeStructBegin(name);
  }
  std::uint32_t writeStructEnd_virt() override {
    --depth_;
    return protocol_->writeStructEnd();
  }
  std::uint32_t writeFieldBegin_virt(const char* name, const TType type,
                                     const std::int16_t id) override {
    if (depth_ == 1) field_ = id;
    return protocol_->writeFieldBegin(name, type, id);
  }
  std::uint32_t writeI32_virt(const std::int32_t number) override {
    if (is_exception_ && depth_ == 1 && field_ == 2) exception_type_ = number;
    return protocol_->writeI32(number);
  }
  // The answer is sent next.
  std::uint32_t writeMessageEnd_virt() override {
    filibuster::AnswerRequest(filibuster::CurrentContext(), "OK",
                              is_exception_ ? NameOfApplication(std::exchange(exception_type_, 0))
                                            : NameOfDeclared(field_));
    return protocol_->writeMessageEnd();
  }

 private:
  const std::shared_ptr<TProtocol> protocol_;
  int depth_ = 0;  // of structs
  std::int16_t field_ = 0;
  bool is_exception_ = false;
  std::int32_t exception_type_ = 0;
};

class ServerProcessor final : public ::apache::thrift::TProcessor {
  using TProtocol = ::apache::thrift::protocol::TProtocol;

 public:
  explicit ServerProcessor(std::shared_ptr<TProcessor> processor)
      : processor_(std::move(processor)) {}

  bool process(std::shared_ptr<TProtocol> in, std::shared_ptr<TProtocol> out,
               void* context) override {
    return processor_->process(std::make_shared<ServerProtocol>(std::move(in)),
                               std::make_shared<AnswerProtocol>(std::move(out)), context);
  }

 private:
  const std::shared_ptr<TProcessor> processor_;
};

}  // namespace filibuster_thrift
