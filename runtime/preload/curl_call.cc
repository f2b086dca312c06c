#include "runtime/preload/curl_call.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string_view>
#include <utility>

#include "filibuster/call_site.h"
#include "filibuster/detail/http_reason.h"
#include "runtime/corrupted_body.h"
#include "runtime/preload/curl_codes.h"
#include "runtime/preload/curl_url.h"
#include "runtime/guarded.h"

namespace filibuster {
namespace {

using Way = FailingPeer::Way;

// More of a body is not remembered: what is reported of it is a hash.
constexpr size_t kMaxBody = kMaxCorruptible;
// A timeout is not waited for longer than this.
constexpr CurlHandle::Value kPatienceMs = 100;
// libcurl's own, where a handle has none.
constexpr CurlHandle::Value kConnectTimeoutMs = 300'000;

bool HasName(const char* header, std::string_view name) {
  return ::strncasecmp(header, name.data(), name.size()) == 0 && header[name.size()] == ':';
}

size_t Discard(char*, size_t size, size_t count, void*) { return size * count; }

// The first number after `before` in `text` becomes `number`.
void ReplaceNumber(char* text, const char* before, CurlHandle::Value number) {
  char* const at = std::strstr(text, before);
  if (at == nullptr) return;
  char* const begin = at + std::strlen(before);
  const std::string rest = begin + std::strspn(begin, "0123456789");
  const size_t room = CURL_ERROR_SIZE - static_cast<size_t>(begin - text);
  std::snprintf(begin, room, "%lld%s", static_cast<long long>(number), rest.c_str());
}

}  // namespace

std::unique_ptr<CurlCall> CurlCall::Begin(CurlHandle& handle, Interface interface) {
  const auto target = ParseHttpTarget(handle.Url());
  if (!target) return nullptr;
  const CallSite& site = CurrentCallSite();
  OutgoingCall call;
  call.module = "curl";
  call.method = interface == Interface::kEasy ? "curl_easy_perform" : "curl_multi_add_handle";
  call.target = target->port_and_path;
  call.file = site.file.c_str();
  call.line = site.line;
  call.stack = site.stack;
  call.ssl = target->ssl;
  for (const CURLoption option : {CURLOPT_CONNECTTIMEOUT_MS, CURLOPT_TIMEOUT_MS}) {
    if (const auto timeout = handle.Get(option); timeout > 0) {
      call.timeout = static_cast<double>(timeout) / 1000;
    }
  }
  handle.pretence = {};
  try {
    return std::unique_ptr<CurlCall>(new CurlCall(handle, interface, call));
  } catch (...) {
    handle.Restore();
    throw;
  }
}

CurlCall::CurlCall(CurlHandle& handle, Interface interface, const OutgoingCall& call)
    : handle_(handle), interface_(interface), injection_(call) {
  transforms_ = injection_.fault() && !injection_.fault()->transformation.empty();
  if (transforms_) kept_ = std::make_unique<CurlKeptBody>(handle);
  if (injection_.fault() && !transforms_) PlanFault(call.ssl);
  if (!injection_.fault() || transforms_) {
    AddHeaders();
    KeepBody();
  } else if (injection_.fault()->call_first) {
    SetForCallFirst();
  } else {
    Provoke();
  }
}

CurlCall::~CurlCall() { handle_.Restore(); }

// How to provoke the fault; drops it if there is no way.
void CurlCall::PlanFault(bool ssl) {
  const InjectedFault& fault = *injection_.fault();
  Way way = Way::kAnswer;
  std::string answer;
  bool before_tls = false;  // it happens before TLS begins, or looks the same
  if (fault.status != 0) {
    answer = "HTTP/1.1 " + std::to_string(fault.status) + " " + ReasonOf(fault.status) +
             "\r\nContent-Length: 0\r\n\r\n";
  } else {
    const auto code = CodeNamed(fault.exception);
    if (!code) return injection_.DropFault("libcurl knows no such error");
    planned_ = *code;
    switch (planned_) {
      case CURLE_COULDNT_CONNECT:
        way = Way::kRefuse;
        before_tls = true;
        break;
      case CURLE_OPERATION_TIMEDOUT:
        way = TimesOutConnecting() ? Way::kNeverConnect : Way::kStaySilent;
        before_tls = way == Way::kNeverConnect;
        break;
      case CURLE_SSL_CONNECT_ERROR:
        if (!ssl) return injection_.DropFault("the call is not made by https");
        way = Way::kClose;
        before_tls = true;
        break;
      case CURLE_GOT_NOTHING:
        way = Way::kClose;
        break;
      case CURLE_RECV_ERROR:
        way = Way::kReset;
        break;
      case CURLE_PARTIAL_FILE:
        if (handle_.Get(CURLOPT_NOBODY) != 0) {
          return injection_.DropFault("an answer to HEAD has no body that could break off");
        }
        way = Way::kAnswerAndClose;
        answer = "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n";
        break;
      default:
        return injection_.DropFault("there is no way to make libcurl fail with it");
    }
  }
  if (handle_.Get(CURLOPT_CONNECT_ONLY) != 0 && !before_tls) {
    return injection_.DropFault("the handle only connects");
  }
  if (ssl && !before_tls) {
    if (planned_ == CURLE_RECV_ERROR) {
      return injection_.DropFault("by https its text is that of the library that encrypts");
    }
    if (handle_.Get(CURLOPT_HSTS_CTRL) != 0) {
      return injection_.DropFault("the handle makes every call by https, and our peer is none");
    }
    port_without_tls_ = std::atoi(ParseHttpTarget(handle_.Url())->port_and_path.c_str());
  }
  peer_ = std::make_unique<FailingPeer>(way, std::move(answer));
}

// False if there is no memory.
bool CurlCall::AddHeader(const char* line) {
  curl_slist* const longer = RealLibcurl().slist_append(headers_.get(), line);
  if (longer == nullptr) return false;
  (void)headers_.release();  // of which it is the same
  headers_.reset(longer);
  return true;
}

// A list of our own: the service's is its own, and may be that of many handles. Ours replace those
// that it passed on from the request that it is handling.
void CurlCall::AddHeaders() {
  const auto& ours = injection_.headers();
  if (ours.empty()) return;
  for (auto* it = handle_.GetPointer<curl_slist*>(CURLOPT_HTTPHEADER); it != nullptr;
       it = it->next) {
    const bool replaced = std::any_of(ours.begin(), ours.end(), [&](const auto& header) {
      return HasName(it->data, header.first);
    });
    if (!replaced && !AddHeader(it->data)) return;
  }
  for (const auto& [name, value] : ours) {
    if (!AddHeader((name + ": " + value).c_str())) return;
  }
  handle_.Override(CURLOPT_HTTPHEADER, headers_.get());
}

void CurlCall::KeepBody() {
  handle_.Override(CURLOPT_WRITEFUNCTION, reinterpret_cast<CurlHandle::Value>(&Write));
  handle_.Override(CURLOPT_WRITEDATA, this);
}

// The callee does its work, and the caller hears nothing of it.
void CurlCall::SetForCallFirst() {
  AddHeaders();
  handle_.Override(CURLOPT_WRITEFUNCTION, reinterpret_cast<CurlHandle::Value>(&Discard));
  handle_.Override(CURLOPT_HEADERFUNCTION, reinterpret_cast<CurlHandle::Value>(&Discard));
  calls_first_ = true;
}

void CurlCall::GoOn() {
  calls_first_ = false;
  handle_.Restore();
  if (auto* text = handle_.GetPointer<char*>(CURLOPT_ERRORBUFFER)) *text = '\0';
  Provoke();
}

void CurlCall::Provoke() {
  if (port_without_tls_ != 0) LeaveOutTls();
  handle_.Override(CURLOPT_OPENSOCKETFUNCTION, reinterpret_cast<CurlHandle::Value>(&OpenSocket));
  handle_.Override(CURLOPT_OPENSOCKETDATA, this);
  if (handle_.Get(CURLOPT_OPENSOCKETFUNCTION) != 0) {  // theirs are for sockets of its making
    handle_.Override(CURLOPT_SOCKOPTFUNCTION, CurlHandle::Value{0});
    handle_.Override(CURLOPT_CLOSESOCKETFUNCTION, CurlHandle::Value{0});
  }
  handle_.Override(CURLOPT_FRESH_CONNECT, CurlHandle::Value{1});
  handle_.Override(CURLOPT_FORBID_REUSE, CurlHandle::Value{1});
  handle_.Override(CURLOPT_HTTP_VERSION, CurlHandle::Value{CURL_HTTP_VERSION_1_1});
  handle_.Override(CURLOPT_DEBUGFUNCTION, reinterpret_cast<CurlHandle::Value>(&Trace));
  handle_.Override(CURLOPT_DEBUGDATA, this);
  handle_.Override(CURLOPT_VERBOSE, CurlHandle::Value{1});
  if (planned_ == CURLE_OPERATION_TIMEDOUT) ProvokeTimeout();
}

// Our peer has no certificate that the service would trust.
void CurlCall::LeaveOutTls() {
  const std::string url = handle_.Url();
  const std::string plain_url = "http" + url.substr(url.find(':'));
  handle_.Override(CURLOPT_CURLU, CurlHandle::Value{0});
  handle_.Override(CURLOPT_URL, plain_url.c_str());
  if (handle_.Get(CURLOPT_PORT) == 0) handle_.Override(CURLOPT_PORT, port_without_tls_);
  // What is not set cannot be set back to it.
  if (handle_.Get(CURLOPT_PROTOCOLS) != 0) handle_.Override(CURLOPT_PROTOCOLS, CURLPROTO_HTTP);
  if (handle_.Get(CURLOPT_PROTOCOLS_STR) != 0) handle_.Override(CURLOPT_PROTOCOLS_STR, "http");
}

// Unless it is to be seen after a call that was made.
bool CurlCall::TimesOutConnecting() const {
  return handle_.Get(CURLOPT_TIMEOUT_MS) == 0 && TooSlowMs() == 0 &&
         (handle_.Get(CURLOPT_CONNECTTIMEOUT_MS) != 0 || !injection_.fault()->call_first);
}

// After which libcurl gives up a transfer of which it hears nothing; 0: it does not, or ends the
// whole of it before.
CurlHandle::Value CurlCall::TooSlowMs() const {
  const auto slow = handle_.Get(CURLOPT_LOW_SPEED_TIME) * 1000;
  const auto timeout = handle_.Get(CURLOPT_TIMEOUT_MS);
  const bool counts = handle_.Get(CURLOPT_LOW_SPEED_LIMIT) > 0 && (timeout == 0 || slow < timeout);
  return counts ? slow : 0;
}

void CurlCall::ProvokeTimeout() {
  const auto shorten = [&](CURLoption option) {
    const auto timeout = handle_.Get(option);
    handle_.Override(option, timeout == 0 ? kPatienceMs : std::min(timeout, kPatienceMs));
  };
  shorten(TimesOutConnecting() ? CURLOPT_CONNECTTIMEOUT_MS : CURLOPT_TIMEOUT_MS);
}

// What the caller can read of the callee, and of a timeout that was not waited for.
void CurlCall::Pretend() {
  long port = 0;
  RealLibcurl().getinfo(handle_.easy(), CURLINFO_PRIMARY_PORT, &port);
  if (port != 0) {
    handle_.pretence.ip = peer_->ip();
    handle_.pretence.port = peer_->port();
  }
  if (port_without_tls_ != 0) {
    const char* plain_url = nullptr;
    RealLibcurl().getinfo(handle_.easy(), CURLINFO_EFFECTIVE_URL, &plain_url);
    handle_.pretence.https_url = "https" + std::string(plain_url).substr(4);
  }
  if (planned_ != CURLE_OPERATION_TIMEDOUT) return;
  auto* const text = handle_.GetPointer<char*>(CURLOPT_ERRORBUFFER);
  if (const auto slow = TooSlowMs(); slow != 0) {
    handle_.pretence.seconds = static_cast<double>(slow) / 1000;
    if (text == nullptr) return;
    std::snprintf(text, CURL_ERROR_SIZE,
                  "Operation too slow. Less than %ld bytes/sec transferred the last %ld seconds",
                  static_cast<long>(handle_.Get(CURLOPT_LOW_SPEED_LIMIT)),
                  static_cast<long>(slow / 1000));
    return;
  }
  auto timeout = handle_.Get(CURLOPT_TIMEOUT_MS);
  if (timeout == 0) timeout = handle_.Get(CURLOPT_CONNECTTIMEOUT_MS);
  if (timeout == 0 && TimesOutConnecting()) timeout = kConnectTimeoutMs;
  if (timeout <= kPatienceMs) return;
  handle_.pretence.seconds = static_cast<double>(timeout) / 1000;
  if (text != nullptr) ReplaceNumber(text, " after ", timeout);
}

void CurlCall::Finish(CURLcode* ended) {
  CURLcode& result = *ended;
  if (peer_ != nullptr) {
    if (planned_ != CURLE_OK && result != planned_) {  // such as a host that nobody knows
      result = planned_;
      if (auto* text = handle_.GetPointer<char*>(CURLOPT_ERRORBUFFER)) {
        std::snprintf(text, CURL_ERROR_SIZE, "%s", RealLibcurl().strerror(result));
      }
    }
    Pretend();
  }
  if (passing_on() != nullptr) {  // the time that it took is the call's
    double before = 0;
    RealLibcurl().getinfo(handle_.easy(), CURLINFO_TOTAL_TIME, &before);
    RealLibcurl().getinfo(passing_on(), CURLINFO_TOTAL_TIME, &handle_.pretence.seconds);
    handle_.pretence.seconds += before;
  }
  handle_.Restore();
  if (result == CURLE_OK || result == CURLE_HTTP_RETURNED_ERROR) {
    injection_.Returned(Status(), body_);
  } else {
    injection_.Failed(NameOf(result));
  }
}

// The body is passed on once all of it is there, whatever goes wrong with the transformation.
CURL* CurlCall::BeginPassingOn(CURLcode* result) {
  transforms_ = false;
  if (*result != CURLE_OK) {
    Guarded([&] { injection_.DropFault("the body of the answer breaks off"); });
  } else {
    Guarded([&] { injection_.Transform(&kept_->text()); });
  }
  Guarded([&] { body_ = kept_->text(); });
  if (kept_->text().empty()) return nullptr;
  auto* const error =  // that of the transfer which broke off is there already
      *result == CURLE_OK ? handle_.GetPointer<char*>(CURLOPT_ERRORBUFFER) : nullptr;
  CURL* const transfer = kept_->BeginTransfer(error);
  if (transfer == nullptr) *result = CURLE_OUT_OF_MEMORY;
  return transfer;
}

// Of a body that is to be transformed. False if this part of it is too much, also for the memory.
bool CurlCall::KeepBack(std::string_view part) {
  if (!transforms_) return false;
  const bool fits = kept_->text().size() + part.size() <= kMaxCorruptible;
  transforms_ = false;
  if (fits) kept_->text() += part;
  transforms_ = fits;
  if (fits) return true;
  body_ = kept_->text();
  injection_.DropFault(kTooLongToCorrupt);
  return false;
}

int CurlCall::Status() const {
  long status = 0;
  RealLibcurl().getinfo(handle_.easy(), CURLINFO_RESPONSE_CODE, &status);
  return static_cast<int>(status);
}

// What the service's own callback throws is between it and libcurl.
size_t CurlCall::Write(char* data, size_t size, size_t count, void* call) {
  auto& self = *static_cast<CurlCall*>(call);
  bool is_kept_back = false;
  Guarded([&] { is_kept_back = self.KeepBack({data, size * count}); });
  if (is_kept_back) return size * count;
  if (self.kept_ != nullptr) {
    if (const size_t refused = self.kept_->PassOn(); refused != 0) return refused;
  }
  const size_t written = self.handle_.PassOn(data, size, count);
  // What is refused or paused comes again, or not at all.
  if (written == size * count) {
    Guarded([&] { self.body_.append(data, std::min(written, kMaxBody - self.body_.size())); });
  }
  return written;
}

curl_socket_t CurlCall::OpenSocket(void* call, curlsocktype, curl_sockaddr* address) noexcept {
  return static_cast<CurlCall*>(call)->peer_->Open(address);
}

int CurlCall::Trace(CURL* easy, curl_infotype type, char* data, size_t size, void* call) {
  auto& self = *static_cast<CurlCall*>(call);
  if (type == CURLINFO_HEADER_OUT) self.peer_->HeadSent({data, size});
  if (type == CURLINFO_DATA_OUT) self.peer_->BodySent({data, size});
  if (type == CURLINFO_SSL_DATA_OUT) self.peer_->SecretSent();
  auto* const theirs = self.handle_.GetPointer<curl_debug_callback>(CURLOPT_DEBUGFUNCTION);
  if (theirs == nullptr || self.handle_.Get(CURLOPT_VERBOSE) == 0) return 0;
  return theirs(easy, type, data, size, self.handle_.GetPointer<void*>(CURLOPT_DEBUGDATA));
}

}  // namespace filibuster
