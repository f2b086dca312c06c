#pragma once

#include <stdexcept>
#include <string>

namespace web {

// The status comes from a virtual function, a member, and a constructor's argument.
class Failure : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
  virtual int status() const { return 500; }
};

class Unavailable : public Failure {
 public:
  using Failure::Failure;
  int status() const override { return 503; }
};

class Custom : public Failure {
 public:
  Custom(int status, const std::string& what) : Failure(what), status_(status) {}
  int status() const override { return status_; }

 private:
  int status_;
};

class Gone : public Custom {
 public:
  Gone() : Custom(410, "gone") {}
};

}  // namespace web
