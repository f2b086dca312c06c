// Messages of the wire protocol, as a service sends them.
#pragma once

#include <string>

#include "runtime/protocol.h"

namespace filibuster {

inline Json CreateMessage(const std::string& service, const std::string& execution_index) {
  return {{"instrumentation_type", "invocation"},
          {"source_service_name", service},
          {"module", "httplib"},
          {"method", "Get"},
          {"args", {"5001/bar/baz"}},
          {"kwargs", Json::object()},
          {"callsite_file", "foo/foo.cc"},
          {"callsite_line", "17"},
          {"full_traceback", "0f"},
          {"metadata", {{"timeout", 10}}},
          {"vclock", {{service, 1}}},
          {"origin_vclock", Json::object()},
          {"execution_index", execution_index}};
}

inline Json ReceivedMessage(const Json& generated_id, const std::string& execution_index,
                            const std::string& target) {
  return {{"instrumentation_type", "request_received"},
          {"generated_id", generated_id},
          {"execution_index", execution_index},
          {"target_service_name", target}};
}

inline Json CompleteMessage(const Json& generated_id, const std::string& execution_index) {
  return {{"instrumentation_type", "invocation_complete"},
          {"generated_id", generated_id},
          {"execution_index", execution_index},
          {"vclock", {{"foo", 1}}},
          {"return_value", {{"__class__", "Response"}, {"status_code", "200"}, {"text", "d4"}}}};
}

}  // namespace filibuster
