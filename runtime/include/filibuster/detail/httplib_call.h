// call => the same with our headers, or its fault. Part of filibuster/httplib.h.
#pragma once

#include <optional>
#include <string>
#include <type_traits>
#include <utility>

#include "filibuster/detail/httplib_failing_client.h"
#include "filibuster/detail/httplib_values.h"

namespace filibuster_httplib {

// Ours replace those that a service passed on from the request that it is handling.
inline ::httplib::Headers Merge(::httplib::Headers headers, filibuster::Injection& call) {
  auto ours = call.fault() ? call.headers() : call.TakeHeaders();  // it may be made twice
  if (!headers.empty()) {
    for (const auto& header : ours) headers.erase(header.first);
  }
  for (auto& [name, value] : ours) {
    headers.emplace_hint(headers.end(), std::move(name), std::move(value));  // names ascend
  }
  return headers;
}

// The call fails as planned.
template <typename Client, typename Invoke>
::httplib::Result Fail(Client& client, filibuster::Injection& injection, bool is_ssl,
                       ::httplib::Error planned, Invoke&& invoke) {
  if (IsOfArguments(planned)) return ::httplib::Result(nullptr, planned);
  FailingClient failing(ImplOf(client), is_ssl, *injection.fault(), planned);
  return invoke(failing, injection);
}

// Makes the call, `invoke(client, injection)`, or fails it, and reports how it ended.
template <typename Client, typename Invoke>
::httplib::Result Run(Client& client, const filibuster::OutgoingCall& call, Invoke&& invoke) {
  filibuster::Injection injection(call);
  std::optional<::httplib::Error> planned;
  const bool transforms = injection.fault() && !injection.fault()->transformation.empty();
  if (injection.fault() && !transforms) {
    planned = ErrorOf(*injection.fault());
    if (!planned) injection.DropFault("httplib knows no such error");
  }
  if (planned && injection.fault()->call_first) invoke(client, injection);
  ::httplib::Result result =
      planned ? Fail(client, injection, call.ssl, *planned, invoke) : invoke(client, injection);
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
