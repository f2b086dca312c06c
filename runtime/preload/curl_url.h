// "http://bar:5001/baz?x=1#y" => "5001/baz?x=1", as a call is told apart by it.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace filibuster {

struct HttpTarget {
  std::string port_and_path;
  bool ssl = false;
};

// Nullopt for another scheme; none is http, as libcurl has it.
std::optional<HttpTarget> ParseHttpTarget(std::string_view url);

}  // namespace filibuster
