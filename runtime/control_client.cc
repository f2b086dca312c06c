#include "runtime/control_client.h"

#include <cstdlib>
#include <utility>

#include "runtime/dismantled.h"
#include "runtime/message_reader.h"
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
  if (IsUnderLoad()) return true;
  const std::string path = "/filibuster/new-test-execution/" + PercentEncode(service);
  std::string error;
  const auto answer = Send("GET", path, "", &error);
  Json json;
  const Dismantled<Json> dismantled(&json);
  const bool is_object = answer && Object(path, *answer, &json, &error);
  NoteOutcome(error);
  if (!is_object) return std::nullopt;
  const auto it = json.find("new-test-execution");
  return it != json.end() && it->is_boolean() && it->get<bool>();
}

std::optional<CreateAnswer> ControlClient::Create(const Invocation& invocation) {
  constexpr char kPath[] = "/filibuster/create";
  const std::string text = MessageText(invocation);
  const std::string& index = invocation.execution_index;
  const auto put_in =
      mailbox_.IsKnown() ? mailbox_.Create(pipeline_.OpenConnection(), index, text) : std::nullopt;
  if (put_in) {
    CreateAnswer answer{*put_in, index, std::nullopt};
    answer.request_complete = index.find("], [") == index.npos;
    return answer;
  }
  std::string error;
  const auto http_answer = Send("PUT", kPath, text, &error);
  std::string mailbox;
  auto answer = http_answer ? ReadCreateAnswer(http_answer->body, &mailbox) : std::nullopt;
  if (http_answer && !answer) {
    Json json;
    const Dismantled<Json> dismantled(&json);
    std::string misread;
    if (Object(kPath, *http_answer, &json, &error)) answer = CreateAnswerFromJson(json, &misread);
    if (!misread.empty()) {
      Warn("control server " + Url() + " answered " + kPath + " with: " + misread);
    }
  }
  NoteOutcome(error);
  if (answer && answer->under_load && !answer->fault) {
    load_answers_.Note(http_answer->connection, index, answer->generated_id);
  }
  if (!mailbox.empty()) mailbox_.Note(http_answer->connection, mailbox);
  if (http_answer) heard_over_ = http_answer->connection;
  return answer;
}

void ControlClient::Report(std::string_view update) {
  constexpr char kPath[] = "/filibuster/update";
  using Outcome = MailboxClient::Outcome;
  const std::uint64_t connection = pipeline_.OpenConnection();
  const bool knows_mailbox = connection == heard_over_;  // if there is any
  const Outcome put_in = mailbox_.Report(connection, update);
  if (put_in == Outcome::kPut) return;
  // Where others put in what they send because of this, it must have been read.
  if (put_in == Outcome::kNoBag && knows_mailbox && pipeline_.Post("POST", kPath, update)) return;
  std::string error;
  // What it answers is of no interest otherwise, and of other implementations' servers not known.
  std::string ignored;
  Json json;
  const Dismantled<Json> dismantled(&json);
  const auto answer = Send("POST", kPath, update, &error);
  if (answer) Object(kPath, *answer, &json, &ignored);
  NoteOutcome(error);
}

std::optional<bool> ControlClient::FaultInjected(std::string_view query, std::string* error) {
  const std::string path = "/filibuster/fault-injected" + std::string(query);
  const auto answer = Send("GET", path, "", error);
  Json json;
  const Dismantled<Json> dismantled(&json);
  if (!answer || !Object(path, *answer, &json, error)) return std::nullopt;
  const auto it = json.find("result");
  if (it == json.end() || !it->is_boolean()) {
    *error = "control server " + Url() + " answered " + path + " without a \"result\"";
    return std::nullopt;
  }
  return it->get<bool>();
}

// Warns once of each outage.
void ControlClient::NoteOutcome(const std::string& error) {
  if (error.empty()) {
    warned_ = false;
  } else if (!warned_.exchange(true)) {
    Warn(error + "; calls are made as if it were not there");
  }
}

std::optional<HttpAnswer> ControlClient::Send(std::string_view method, std::string_view path,
                                              std::string_view body, std::string* error) {
  HttpFailure failure;
  auto answer = pipeline_.Exchange(method, path, body, &failure);
  if (!answer) {
    *error = "control server " + Url() + " cannot be reached: " + failure.reason;
    return std::nullopt;
  }
  if (answer->status != 200) {
    *error = "control server " + Url() + " refused " + std::string(method) + " " +
             std::string(path) + ": " + std::to_string(answer->status) + " " + answer->body;
    return std::nullopt;
  }
  return answer;
}

bool ControlClient::Object(std::string_view path, const HttpAnswer& answer, Json* object,
                           std::string* error) {
  *object = Json::parse(answer.body, nullptr, /*allow_exceptions=*/false);
  const Json& json = *object;
  if (json.is_object()) {
    if (json.value("under_load", Json()) == true) load_answers_.Note(answer.connection);
    if (const auto mailbox = json.find("mailbox"); mailbox != json.end() && mailbox->is_string()) {
      mailbox_.Note(answer.connection, mailbox->get_ref<const std::string&>());
    }
  }
  heard_over_ = answer.connection;
  if (json.is_object()) return true;
  *error = "control server " + Url() + " answered " + std::string(path) + " with no JSON object";
  return false;
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
