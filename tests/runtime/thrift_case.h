// One case of the tests of what instruments Thrift, by its header or by what is preloaded.
#pragma once

#include <gtest/gtest.h>

#include <string>

#include "tests/runtime/preload_control_server.h"
#include "tests/runtime/stock_service.h"

namespace filibuster {

using Json = FakeControlServer::Json;

inline int One(const std::string&) { return 1; }

class ThriftCase : public testing::TestWithParam<Wire> {
 protected:
  void SetUp() override { control_.Reset(); }

  void Inject(const std::string& fault) {
    control_.OnCreate([json = Json::parse(fault)](const Json&) { return json; });
  }
  void InjectNothing() {
    control_.OnCreate([](const Json&) { return Json::object(); });
  }
  Json Outcome() { return control_.Bodies("invocation_complete").back(); }

  const Wire wire_ = GetParam();
  FakeControlServer& control_ = ControlServer();
};

inline const auto kEveryWire =
    testing::Values(Wire{true, false}, Wire{false, false}, Wire{true, true}, Wire{false, true});

inline std::string NameOfWire(const testing::TestParamInfo<Wire>& wire) {
  return std::string(wire.param.framed ? "Framed" : "Buffered") +
         (wire.param.compact ? "Compact" : "Binary");
}

}  // namespace filibuster
