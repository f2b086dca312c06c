// call => the same with our headers, or its fault. Part of filibuster/httplib.h.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include "filibuster/detail/httplib_values.h"

namespace filibuster_httplib {

// Ours replace those that a service passed on from the request that it is handling.
inline ::httplib::Headers Merge(::httplib::Headers headers, filibuster::Injection& call) {
  auto ours = call.TakeHeaders();
  if (!headers.empty()) {
    for (const auto& header : ours) headers.erase(header.first);
  }
  for (auto& [name, value] : ours) {
    headers.emplace_hint(headers.end(), std::move(name), std::move(value));  // names ascend
  }
  return headers;
}

// The answer's body as the fault wants it, with its length.
inline void Transform(filibuster::Injection* injection, ::httplib::Response* response) {
  if (!injection->Transform(&response->body)) return;
  const auto length = response->headers.find("Content-Length");
  if (length != response->headers.end()) length->second = std::to_string(response->body.size());
}

// The one that is to see a response before its body; null if there is none.
template <typename... Args>
::httplib::ResponseHandler HandlerAmong(const Args&... args) {
  ::httplib::ResponseHandler handler;
  [[maybe_unused]] const auto look_at = [&](const auto& arg) {
    using Arg = std::decay_t<decltype(arg)>;
    if constexpr (!std::is_null_pointer_v<Arg> &&
                  std::is_convertible_v<const Arg&, ::httplib::ResponseHandler>) {
      handler = arg;
    }
  };
  (look_at(args), ...);
  return handler;
}

// Nothing comes behind the head of the others.
inline bool IsHandled(const filibuster::OutgoingCall& call, const ::httplib::Response& response) {
  return std::string_view(call.method) != "Head" && response.status != 204;
}

// Makes the call, `invoke(headers to add)`, or fails it, and reports how it ended.
template <typename Invoke>
::httplib::Result Run(const filibuster::OutgoingCall& call,
                      const ::httplib::ResponseHandler& handler, Invoke&& invoke) {
  filibuster::Injection injection(call);
  std::optional<::httplib::Result> fault;
  const bool transforms = injection.fault() && !injection.fault()->transformation.empty();
  if (injection.fault() && !transforms) {
    fault = ResultOf(*injection.fault());
    if (!fault) injection.DropFault("httplib knows no such error");
  }
  const bool make_call = !fault || injection.fault()->call_first;
  std::optional<::httplib::Result> natural;
  if (make_call) natural.emplace(invoke(injection));
  if (fault && *fault && handler && IsHandled(call, **fault) && !handler(**fault)) {
    fault.emplace(nullptr, ::httplib::Error::Canceled);
  }
  ::httplib::Result result = std::move(fault ? *fault : *natural);
  if (result && transforms) Transform(&injection, &*result);
  if (result) {
    injection.Returned(result->status, result->body);
  } else {
    injection.Failed(NameOf(result.error()));
  }
  return result;
}

// Calls `invoke` with the headers of `call` added to those among `args`, wherever the overloads of
// httplib's request functions have them.
template <typename Invoke>
::httplib::Result InvokeWithHeaders(filibuster::Injection& call, Invoke&& invoke) {
  if constexpr (std::is_invocable_v<Invoke, ::httplib::Headers>) {
    return invoke(Merge({}, call));
  } else {  // Put and Patch take headers only with a body and its type
    return invoke(Merge({}, call), std::string(), std::string());
  }
}
template <typename Invoke, typename First, typename... Rest>
::httplib::Result InvokeWithHeaders(filibuster::Injection& call, Invoke&& invoke, First&& first,
                                    Rest&&... rest) {
  using ::httplib::Headers;
  if constexpr (std::is_convertible_v<First, const Headers&>) {
    return invoke(Merge(std::forward<First>(first), call), std::forward<Rest>(rest)...);
  } else if constexpr (std::is_invocable_v<Invoke, Headers, First, Rest...>) {
    return invoke(Merge({}, call), std::forward<First>(first), std::forward<Rest>(rest)...);
  } else {  // Get(path, params, headers, ...)
    const auto with_params = [&](Headers headers, auto&&... others) {
      return invoke(std::forward<First>(first), std::move(headers),
                    std::forward<decltype(others)>(others)...);
    };
    return InvokeWithHeaders(call, with_params, std::forward<Rest>(rest)...);
  }
}

}  // namespace filibuster_httplib
