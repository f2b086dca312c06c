#include "runtime/preload/curl_url.h"

#include <strings.h>

#include <algorithm>

namespace filibuster {

std::optional<HttpTarget> ParseHttpTarget(std::string_view url) {
  HttpTarget target;
  if (const size_t scheme = url.find("://"); scheme != url.npos) {
    const auto is = [&](std::string_view name) {
      return scheme == name.size() && ::strncasecmp(url.data(), name.data(), scheme) == 0;
    };
    target.ssl = is("https");
    if (!target.ssl && !is("http")) return std::nullopt;
    url.remove_prefix(scheme + 3);
  }
  url = url.substr(0, url.find('#'));
  const size_t end = std::min(url.find_first_of("/?"), url.size());
  std::string_view host = url.substr(0, end);
  if (host.empty()) return std::nullopt;
  host.remove_prefix(host.rfind('@') + 1);
  const size_t colon = host.find(':', host.substr(0, 1) == "[" ? host.find(']') : 0);
  target.port_and_path = colon != host.npos ? host.substr(colon + 1) : target.ssl ? "443" : "80";
  if (end == url.size() || url[end] != '/') target.port_and_path += '/';
  target.port_and_path += url.substr(end);
  return target;
}

}  // namespace filibuster
