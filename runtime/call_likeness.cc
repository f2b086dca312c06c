#include "runtime/call_likeness.h"

#include <string_view>
#include <utility>

namespace filibuster {

std::string PathOfTarget(const std::string& target) {
  std::string_view rest = target;
  if (const size_t scheme = rest.find("://"); scheme != rest.npos) {
    rest.remove_prefix(scheme + 3);
  } else if (rest.find_first_not_of("0123456789") != rest.find('/')) {
    return target;
  }
  const size_t path = rest.find('/');
  return std::string(path == rest.npos ? std::string_view() : rest.substr(path));
}

std::string LikenessOf(const Invocation& call) {
  Json args = call.args;
  for (Json& arg : args) {
    if (arg.is_string()) arg = PathOfTarget(arg.get<std::string>());
  }
  return Json{call.source_service_name, call.module, call.method, std::move(args)}.dump(
      -1, ' ', /*ensure_ascii=*/true, Json::error_handler_t::replace);
}

}  // namespace filibuster
