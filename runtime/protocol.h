// The wire protocol's messages, and the one place that knows their keys. Used on both sides: in
// services (C++17) and by the control server. Format: docs/formats/protocol.md.
#pragma once

#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace filibuster {

using Json = nlohmann::json;

// Calls made, by service.
using VectorClock = std::map<std::string, int>;

// The call fails with a client exception or error. metadata: "sleep" (seconds), "abort" (false:
// the callee is called all the same, before the fault is raised), "code", "cause".
struct ForcedException {
  std::string name;  // "httplib::Error::Connection"
  Json metadata = Json::object();

  friend bool operator==(const ForcedException& a, const ForcedException& b) {
    return a.name == b.name && a.metadata == b.metadata;
  }
};

// The name of a forced exception that is none: the call is made, its callee waits as long as
// "sleep" says, and nothing fails but what that makes fail.
inline constexpr char kLatency[] = "latency";

// The call is answered by an error; exactly one of the two is an object.
struct FailureMetadata {
  Json return_value;  // {"status_code": "503"}
  Json exception;     // {"metadata": {"code": "NOT_FOUND"}}

  friend bool operator==(const FailureMetadata& a, const FailureMetadata& b) {
    return a.return_value == b.return_value && a.exception == b.exception;
  }
};

// One way in which a call fails.
using Fault = std::variant<ForcedException, FailureMetadata>;

// PUT /filibuster/create: a service is about to make a call.
struct Invocation {
  std::string source_service_name;
  std::string module;         // the client library: "httplib", "requests"
  std::string method;         // "Get"
  Json args = Json::array();  // ["5001/bar/baz"]
  Json kwargs = Json::object();
  std::string callsite_file;
  std::string callsite_line;
  std::string full_traceback;      // a hash
  Json metadata = Json::object();  // {"timeout": 10}: what `restrictions` look at
  VectorClock vclock;
  VectorClock origin_vclock;
  std::string execution_index;  // "[[\"<signature>\", 1]]"
};

// The answer to a create.
struct CreateAnswer {
  int generated_id = 0;
  std::string execution_index;
  std::optional<Fault> fault;
  bool request_complete = false;  // asked for, of the request that caused this call
  // Load: this is the answer to all calls with this index, which need not be announced or updated.
  bool under_load = false;
};

// POST /filibuster/update: the callee was reached.
struct RequestReceived {
  int generated_id = 0;
  std::string execution_index;
  std::string target_service_name;
};

// POST /filibuster/update: the call returned, or failed. Exactly one of the last two is an object.
struct InvocationComplete {
  int generated_id = 0;
  std::string execution_index;
  VectorClock vclock;
  Json
      return_value;  // {"__class__": "Response", "status_code": "200", "text": "<md5 of the body>"}
  Json exception;    // {"name": "...", "metadata": {}}
};

// POST /filibuster/update: a service is about to answer a request that no call of the application
// is known for. Exactly one of the last two is an object.
struct RequestComplete {
  std::vector<int> generated_ids;  // of the calls that it caused
  Json return_value;               // {"status_code": "500"}
  Json exception;
};

using Update = std::variant<RequestReceived, InvocationComplete, RequestComplete>;

// Message => JSON.
Json ToJson(const Fault& fault);  // {"forced_exception": {...}} or {"failure_metadata": {...}}
Json ToJson(const Invocation& invocation);
Json ToJson(const CreateAnswer& answer);
Json ToJson(const RequestReceived& update);
Json ToJson(const InvocationComplete& update);

// JSON => message; on failure nullopt, and *error says which key holds what, and what was
// expected. Unknown keys are ignored: Filibuster's other implementations send more.
std::optional<Invocation> InvocationFromJson(const Json& json, std::string* error);
std::optional<CreateAnswer> CreateAnswerFromJson(const Json& json, std::string* error);
std::optional<Update> UpdateFromJson(const Json& json, std::string* error);
std::optional<Fault> FaultFromJson(const Json& json, std::string* error);

// Headers from service to service; lower-cased in gRPC metadata.
inline constexpr char kRequestIdHeader[] = "X-Filibuster-Request-Id";
inline constexpr char kGeneratedIdHeader[] = "X-Filibuster-Generated-Id";
inline constexpr char kVClockHeader[] = "X-Filibuster-VClock";
inline constexpr char kOriginVClockHeader[] = "X-Filibuster-Origin-VClock";
inline constexpr char kExecutionIndexHeader[] = "X-Filibuster-Execution-Index";
inline constexpr char kForcedSleepHeader[] = "X-Filibuster-Forced-Sleep";

}  // namespace filibuster
