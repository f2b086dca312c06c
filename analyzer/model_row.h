// What a library model says of a function: what calling it does, and with which arguments.
//
// Free of LLVM.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace filibuster {

// What calling a function does.
enum class Effect {
  kConfigure,         // sets the object's host, port or timeout
  kCreate,            // makes an object, and returns a pointer to it
  kCall,              // makes a call
  kRead,              // reads something of a call's result
  kThen,              // goes on with a function once there is a result
  kTake,              // gives one of the handles whose calls have ended
  kHandleRequests,    // registers a handler of requests
  kHandleExceptions,  // registers what is done with exceptions that leave a handler
  kHandleErrors,      // registers what is done with answers whose status is an error
  kListen,            // starts to serve
  kSetStatus,         // sets the status of a response
  kAnswer,            // answers the request with a status, on whichever thread
  kItself,            // gives what it is given
  kAddress,           // gives a pointer to the object
  kCompare,           // an operator over what it is given
  kInvoke,            // calls the function that it is given, now or later
  kNothing,           // does nothing that matters, and is not looked into
};

// What is read of a call's result.
enum class ResultPart { kOk, kFailed, kError, kResponse, kStatus, kBody, kPair };

// A function that a row may be about besides by its name.
struct Shape {
  std::map<int, std::string> takes;  // the class of the parameter at an index
  std::string returns;               // a class
  std::string overrides;             // a pattern over the methods that it overrides
  std::string derives_from;          // its class does
  std::string class_has;             // a field of its class
  std::optional<int> arity;          // the number of its parameters
  bool registered = false;           // a handler only if the object was handed to a server
};

struct ModelRow {
  Effect effect = Effect::kRead;
  ResultPart part = ResultPart::kOk;  // kRead; kCall: what it returns
  bool needs_success = false;         // kRead: of a failed result it is undefined
  bool throws = false;                // the faults, or those of `throws_only`
  std::vector<std::string> throws_only;
  bool throws_status = false;                     // statuses that are errors too
  bool keeps = false;                             // kCall: the object has the result too
  bool has_statuses = true;                       // kCall: it may be answered with one
  bool later = false;                             // kCall: its result comes after it returned
  bool clears = false;                            // kConfigure: forgets what was set
  std::string path;                               // kCall: "callee": "/Service/Method"; "method"
  std::vector<std::string> faults;                // kCall: only these
  std::string method;                             // kCall: if it is not the function's name
  std::vector<std::pair<int, std::string>> when;  // an argument is one of these enumerators
  Shape shape;
  std::map<std::string, int> arguments;      // role => index of the argument: "path", "handler", …
  std::map<std::string, int> parameters;     // role => index of the handler's parameter: "response"
  std::map<std::string, std::string> gives;  // kTake: field => "object", "error", an enumerator

  std::optional<int> Argument(std::string_view role) const;
  std::optional<int> Parameter(std::string_view role) const;
};

}  // namespace filibuster
