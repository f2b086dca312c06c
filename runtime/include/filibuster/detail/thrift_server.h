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

class ServerProcessor final : public ::apache::thrift::TProcessor {
  using TProtocol = ::apache::thrift::protocol::TProtocol;

 public:
  explicit ServerProcessor(std::shared_ptr<TProcessor> processor)
      : processor_(std::move(processor)) {}

  bool process(std::shared_ptr<TProtocol> in, std::shared_ptr<TProtocol> out,
               void* context) override {
    return processor_->process(std::make_shared<ServerProtocol>(std::move(in)), std::move(out),
                               context);
  }

 private:
  const std::shared_ptr<TProcessor> processor_;
};

}  // namespace filibuster_thrift
