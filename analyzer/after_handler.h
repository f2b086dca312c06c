// What a server does after a handler of requests: exceptions become answers, and errors may be
// rewritten.
//
// RegisteredHandler x Result => Results
#pragma once

#include "analyzer/interpreter.h"
#include "analyzer/program.h"
#include "analyzer/service_facts.h"
#include "analyzer/state.h"

namespace filibuster {

class AfterHandler {
 public:
  AfterHandler(const Program& program, const ServiceFacts& facts, Interpreter& interpreter)
      : program_(program), facts_(facts), interpreter_(interpreter) {}

  // How the paths end that begin where the handler of `response` ended.
  Results Finish(const RegisteredHandler& handler, const Place& response, Result result);
  // What the server of `of` was given for exceptions or errors, or null.
  const RegisteredHandler* Find(const RegisteredHandler& of, RegisteredHandler::Kind kind) const;

 private:
  Results RewriteError(const RegisteredHandler& handler, const Place& response, Result result);
  Results MapException(const RegisteredHandler& handler, const Place& response, Result result);

  const Program& program_;
  const ServiceFacts& facts_;
  Interpreter& interpreter_;
};

}  // namespace filibuster
