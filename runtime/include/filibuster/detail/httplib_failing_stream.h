// (fault) => what httplib reads and writes when a call fails so. Part of filibuster/httplib.h.
#pragma once

#include <httplib.h>

#include <algorithm>
#include <cstring>
#include <optional>
#include <string>

#include "filibuster/detail/httplib_values.h"
#include "filibuster/injector.h"

namespace filibuster_httplib {

// As a connection to a callee that takes the request, and answers a status with an empty body, or
// says nothing; or that is gone when the request is written.
class FailingStream : public ::httplib::Stream {
 public:
  FailingStream(const filibuster::InjectedFault& fault, ::httplib::Error planned)
      : takes_request_(planned != ::httplib::Error::Write) {
    if (fault.status == 0) return;
    answer_ = "HTTP/1.1 " + std::to_string(fault.status) + " " +
              filibuster::ReasonOf(fault.status) + "\r\nContent-Length: 0\r\n\r\n";
  }

  bool is_readable() const override { return !answer_.empty(); }
  bool is_writable() const override { return takes_request_; }
  ssize_t read(char* to, size_t size) override {
    if (answer_.empty()) return -1;
    const size_t part = std::min(size, answer_.size());
    std::memcpy(to, answer_.data(), part);
    answer_.erase(0, part);
    return static_cast<ssize_t>(part);
  }
  ssize_t write(const char*, size_t size) override {
    return takes_request_ ? static_cast<ssize_t>(size) : -1;
  }
  void get_remote_ip_and_port(std::string&, int&) const override {}
  void get_local_ip_and_port(std::string&, int&) const override {}
  ::socket_t socket() const override { return INVALID_SOCKET; }

 private:
  const bool takes_request_;
  std::string answer_;  // what is left of it
};

// Before anything is sent, and before a request gets the headers that it has by default.
inline bool IsOfConnecting(::httplib::Error error) {
  using ::httplib::Error;
  return error == Error::Connection || error == Error::ConnectionTimeout ||
         error == Error::BindIPAddress || error == Error::SSLConnection ||
         error == Error::SSLLoadingCerts || error == Error::SSLServerVerification;
}

// Before there is a request.
inline bool IsOfArguments(::httplib::Error error) {
  return error == ::httplib::Error::UnsupportedMultipartBoundaryChars ||
         error == ::httplib::Error::Compression;
}

// What a request ends with over such a stream, `seen`, as the planned one: a callback of the
// service's may have ended it before.
inline ::httplib::Error Ended(::httplib::Error seen, ::httplib::Error planned) {
  return seen == ::httplib::Error::Read ? planned : seen;
}

}  // namespace filibuster_httplib
