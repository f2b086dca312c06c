#include "runtime/control_client.h"

#include <cstdlib>
#include <utility>
#include <variant>

#include "runtime/message_text.h"
#include "runtime/warn.h"

namespace filibuster {
std::unique_ptr<ControlClient> ControlClient::FromEnvironment(std::string* error) {
  const char* url = std::getenv("FILIBUSTER_URL");
  if (url == nullptr || *url == '\0') return nullptr;
  const char* token = std::getenv("FILIBUSTER_TOKEN");
  if (auto address = ParseHttpUrl(url)) {
    return std::make_unique<ControlClient>(*std::move(address), token != nullptr ? token : "");
  }
  *error = std::string("FILIBUSTER_URL: found \"") + url + "\", expected http://HOST:PORT";
  return nullptr;
}

ControlClient::ControlClient(HttpAddress address, const std::string& token,
                             std::chrono::milliseconds patience)
    : address_(std::move(address)),
      pipeline_(address_, token.empty() ? "" : "X-Filibuster-Token: " + token + "\r\n", patience) {}

std::optional<bool> ControlClient::NewTestExecution(const std::string& service) {
  const auto answer =
      SendOrWarn("GET", "/filibuster/new-test-execution/" + PercentEncode(service), "");
  if (!answer) return std::nullopt;
  const auto it = answer->find("new-test-execution");
  return it != answer->end() && it->is_boolean() && it->get<bool>();
}

std::optional<CreateAnswer> ControlClient::Create(const Invocation& invocation) {
  const auto json = SendOrWarn("PUT", "/filibuster/create", MessageText(invocation));
  if (!json) return std::nullopt;
  std::string error;
  auto answer = CreateAnswerFromJson(*json, &error);
  if (!answer) Warn("control server " + Url() + " answered /filibuster/create with: " + error);
  return answer;
}

void ControlClient::Report(const Update& update) {
  constexpr char kPath[] = "/filibuster/update";
  const std::string body =
      std::visit([](const auto& message) { return MessageText(message); }, update);
  if (!pipeline_.Post("POST", kPath, body)) SendOrWarn("POST", kPath, body);
}

std::optional<bool> ControlClient::FaultInjected(std::string_view query, std::string* error) {
  const std::string path = "/filibuster/fault-injected" + std::string(query);
  const auto answer = Send("GET", path, "", error);
  if (!answer) return std::nullopt;
  const auto it = answer->find("result");
  if (it == answer->end() || !it->is_boolean()) {
    *error = "control server " + Url() + " answered " + path + " without a \"result\"";
    return std::nullopt;
  }
  return it->get<bool>();
}

std::optional<Json> ControlClient::SendOrWarn(std::string_view method, std::string_view path,
                                              std::string_view body) {
  std::string error;
  auto answer = Send(method, path, body, &error);
  if (answer) {
    warned_ = false;
  } else if (!error.empty() && !warned_.exchange(true)) {
    Warn(error + "; calls are made as if it were not there");
  }
  return answer;
}

std::optional<Json> ControlClient::Send(std::string_view method, std::string_view path,
                                        std::string_view body, std::string* error) {
  HttpFailure failure;
  const auto answer = pipeline_.Exchange(method, path, body, &failure);
  if (!answer) {
    *error = "control server " + Url() + " cannot be reached: " + failure.reason;
    return std::nullopt;
  }
  if (answer->status != 200) {
    *error = "control server " + Url() + " refused " + std::string(method) + " " +
             std::string(path) + ": " + std::to_string(answer->status) + " " + answer->body;
    return std::nullopt;
  }
  Json json = Json::parse(answer->body, nullptr, /*allow_exceptions=*/false);
  if (!json.is_object()) {
    *error = "control server " + Url() + " answered " + std::string(path) + " with no JSON object";
    return std::nullopt;
  }
  return json;
}

std::string ControlClient::Url() const {
  const bool ipv6 = address_.host.find(':') != std::string::npos;
  return "http://" + (ipv6 ? "[" + address_.host + "]" : address_.host) + ":" +
         std::to_string(address_.port);
}

std::string PercentEncode(std::string_view text) {
  constexpr char kHex[] = "0123456789ABCDEF";
  std::string result;
  for (const char c : text) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                       c == '-' || c == '.' || c == '_' || c == '~';
    if (plain) {
      result += c;
    } else {
      const auto byte = static_cast<unsigned char>(c);
      result += {'%', kHex[byte >> 4], kHex[byte & 15]};
    }
  }
  return result;
}

}  // namespace filibuster
