#include "planner/words.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <string_view>
#include <vector>

namespace filibuster {
namespace {

struct Words {
  std::string_view name;
  std::string_view words;
};

// What client libraries call the same thing.
constexpr std::array kExceptions = {
    Words{"httplib::Error::Connection", "connection error"},
    Words{"httplib::Error::Read", "timeout"},
    Words{"httplib::Error::Write", "write error"},
    Words{"httplib::Error::Canceled", "canceled"},
    Words{"CURLE_COULDNT_CONNECT", "connection error"},
    Words{"CURLE_OPERATION_TIMEDOUT", "timeout"},
    Words{"CURLE_GOT_NOTHING", "no answer"},
    Words{"CURLE_RECV_ERROR", "receive error"},
    Words{"CURLE_PARTIAL_FILE", "partial body"},
    Words{"CURLE_SSL_CONNECT_ERROR", "TLS error"},
    Words{"requests.exceptions.ConnectionError", "connection error"},
    Words{"requests.exceptions.Timeout", "timeout"},
    Words{"boost::asio::error::connection_refused", "connection error"},
    Words{"boost::asio::error::connection_reset", "connection reset"},
    Words{"boost::beast::error::timeout", "timeout"},
    Words{"boost::beast::http::error::end_of_stream", "connection closed"},
    Words{"drogon::ReqResult::NetworkFailure", "connection error"},
    Words{"drogon::ReqResult::Timeout", "timeout"},
    Words{"Poco::Net::ConnectionRefusedException", "connection error"},
    Words{"Poco::TimeoutException", "timeout"},
    Words{"Poco::Net::NoMessageException", "no answer"},
    Words{"apache::thrift::transport::TTransportException::NOT_OPEN", "connection error"},
    Words{"apache::thrift::transport::TTransportException::TIMED_OUT", "timeout"},
    Words{"apache::thrift::transport::TTransportException::END_OF_FILE", "connection closed"},
    Words{"userver::clients::http::NetworkProblemException", "connection error"},
    Words{"userver::clients::http::TimeoutException", "timeout"},
    Words{"web::http::http_exception(EHOSTUNREACH)", "connection error"},
    Words{"web::http::http_exception(ETIMEDOUT)", "timeout"},
    Words{"brpc::EFAILEDSOCKET", "connection error"},
    Words{"brpc::ERPCTIMEDOUT", "timeout"}};

constexpr std::array kStatuses = {
    Words{"400", "Bad Request"},         Words{"401", "Unauthorized"},
    Words{"403", "Forbidden"},           Words{"404", "Not Found"},
    Words{"408", "Request Timeout"},     Words{"409", "Conflict"},
    Words{"429", "Too Many Requests"},   Words{"500", "Internal Server Error"},
    Words{"501", "Not Implemented"},     Words{"502", "Bad Gateway"},
    Words{"503", "Service Unavailable"}, Words{"504", "Gateway Timeout"}};

std::string_view Find(const auto& table, std::string_view name) {
  const auto it = std::ranges::find(table, name, &Words::name);
  return it == table.end() ? std::string_view() : it->words;
}

}  // namespace

std::string FaultWords(const Fault& fault) {
  if (const auto* exception = std::get_if<ForcedException>(&fault)) {
    const std::string_view words = Find(kExceptions, exception->name);
    if (!words.empty()) return std::string(words);
    if (IsLatency(fault)) return FaultName(fault);
  }
  return ResultWords(ResultOf(fault));
}

std::string ResultWords(const CallResult& result) {
  const std::string name = ResultName(result);
  const std::string_view exception = Find(kExceptions, name);
  if (!exception.empty()) return std::string(exception);
  const std::string_view status = Find(kStatuses, name);
  return status.empty() ? name : fmt::format("{} {}", name, status);
}

std::string TargetWords(const KnownCall& call) {
  if (call.target_service_name) return *call.target_service_name;
  const Json& args = call.invocation.args;
  if (!args.is_array() || args.empty()) return "?";
  return args.front().is_string() ? args.front().get<std::string>() : args.front().dump();
}

std::string CallWords(const KnownCall& call) {
  return fmt::format("{} → {}", call.invocation.source_service_name, TargetWords(call));
}

std::string AnswersWords(const CallTable& calls, std::span<const RequestAnswer> answers) {
  std::vector<std::string> words;
  for (const RequestAnswer& answer : answers) {
    std::string text = fmt::format("{} answered {}",
                                   calls.call(answer.calls.front()).invocation.source_service_name,
                                   ResultWords(calls.result(answer.result)));
    if (std::ranges::find(words, text) == words.end()) words.push_back(std::move(text));
  }
  return fmt::format("{}", fmt::join(words, ", "));
}

std::string CallPathWords(const CallTable& calls, CallId call) {
  std::string path = TargetWords(calls.call(call));
  for (; call != kFunctionalTest; call = calls.call(call).parent) {
    path = fmt::format("{} → {}", calls.call(call).invocation.source_service_name, path);
  }
  return path;
}

std::string FaultSetWords(const CallTable& calls, const FaultSet& faults) {
  if (faults.empty()) return "no fault";
  std::vector<std::string> words;
  for (const CallFault& fault : faults) {
    words.push_back(fmt::format("{}: {}", CallWords(calls.call(fault.call)),
                                FaultWords(calls.fault(fault.fault))));
  }
  return fmt::format("{}", fmt::join(words, " + "));
}

}  // namespace filibuster
