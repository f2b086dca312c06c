#include "analyzer/targets.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <string_view>

namespace filibuster {
namespace {

struct Address {
  std::string host;  // may have holes
  std::optional<int> port;
};

bool HasHole(std::string_view text) { return text.find(Value::kHole) != text.npos; }

Address AddressOf(std::string_view url) {
  Address address;
  if (const std::size_t scheme = url.find("://"); scheme != url.npos) {
    address.port = url.starts_with("https") ? 443 : 80;
    url.remove_prefix(scheme + 3);
  }
  url = url.substr(0, url.find('/'));
  if (const std::size_t user = url.find('@'); user != url.npos) url.remove_prefix(user + 1);
  const std::size_t bracket = url.find(']');
  const std::size_t colon = url.find(':', bracket == url.npos ? 0 : bracket);
  address.host = url.substr(0, colon);
  if (colon != url.npos) {
    const std::string_view digits = url.substr(colon + 1);
    int port = 0;
    const auto end = digits.data() + digits.size();
    address.port.reset();
    if (std::from_chars(digits.data(), end, port).ptr == end && !digits.empty()) {
      address.port = port;
    }
  }
  return address;
}

bool IsThisMachine(std::string_view host) {
  constexpr std::array<std::string_view, 5> kNames = {"localhost", "0.0.0.0", "[::1]", "[::]",
                                                      "host.docker.internal"};
  return std::ranges::find(kNames, host) != kNames.end() || host.starts_with("127.");
}

// Sets either `service` or `unresolved`.
void Resolve(const Address& address, const ServicePorts& services, CallTarget& target) {
  const std::string name = address.host.substr(0, address.host.find('.'));
  if (!HasHole(address.host) && services.contains(name) && !IsThisMachine(address.host)) {
    target.service = name;
    return;
  }
  if (!address.port) {
    target.unresolved = HasHole(address.host) ? "neither host nor port is known"
                                              : fmt::format(
                                                    "no service is named {}, and the port "
                                                    "is not known",
                                                    address.host);
    return;
  }
  std::vector<std::string> listening;
  for (const auto& [service, ports] : services) {
    if (ports.contains(*address.port)) listening.push_back(service);
  }
  if (listening.size() == 1) {
    target.service = listening.front();
  } else if (listening.empty()) {
    target.unresolved = fmt::format("no service listens on port {}", *address.port);
  } else {
    target.unresolved =
        fmt::format("{} listen on port {}", fmt::join(listening, " and "), *address.port);
  }
}

std::string WithoutHoles(std::string text) {
  for (std::size_t i = text.find(Value::kHole); i != text.npos; i = text.find(Value::kHole, i)) {
    text.replace(i, 1, "{}");
    i += 2;
  }
  return text;
}

}  // namespace

std::optional<std::string> ReadableUrl(const Value& url) {
  std::optional<std::string> text;
  for (const Value& alternative : url.Alternatives()) {
    if (!alternative.Is(Value::Kind::kString)) continue;
    if (text) return std::nullopt;
    text = WithoutHoles(alternative.text());
  }
  return text;
}

CallTarget ResolveTarget(const Value& url, const ServicePorts& services) {
  std::set<std::string> texts;
  std::string why = "the host is not known";
  for (const Value& alternative : url.Alternatives()) {
    if (alternative.Is(Value::Kind::kString)) {
      texts.insert(alternative.text());
    } else if (!alternative.text().empty()) {
      why = "the host is " + alternative.text();
    }
  }
  CallTarget target;
  if (texts.empty()) {
    target.unresolved = why;
    return target;
  }
  std::set<std::string> found;
  std::optional<std::string> unresolved;
  for (const std::string& text : texts) {
    CallTarget one;
    Resolve(AddressOf(text), services, one);
    if (one.service) found.insert(*one.service);
    if (one.unresolved && !unresolved) unresolved = one.unresolved;
  }
  target.url = ReadableUrl(url);
  if (found.size() == 1 && !unresolved) {
    target.service = *found.begin();
  } else if (found.empty()) {
    target.unresolved = unresolved;
  } else {
    target.unresolved = fmt::format("one of several: {}", fmt::join(found, ", "));
  }
  return target;
}

}  // namespace filibuster
