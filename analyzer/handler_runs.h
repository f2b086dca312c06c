// How a handler begins and how its paths end: the values that it is called with, and the status
// that what it does comes to.
//
// RegisteredHandler => arguments, states; Result => PathEnd
#pragma once

#include <vector>

#include "analyzer/program.h"
#include "analyzer/run_service.h"
#include "analyzer/service_facts.h"
#include "analyzer/state.h"

namespace filibuster {

// The status of a response that has none yet.
inline constexpr int kUnset = -1;
// What a function that maps exceptions has done with one.
inline constexpr int kMapped = 1;
inline constexpr int kEscaped = 2;

// Methods that a library calls for requests, where nothing was seen that hands it their object.
std::vector<RegisteredHandler> HandlersByRule(const Program& program, const ServiceFacts& facts,
                                              const std::vector<FunctionRef>& functions,
                                              const State& state);
// Where main stood when the server of the handler began to serve.
std::vector<State> StartsOf(const ServiceFacts& facts, const RegisteredHandler& handler);
// The request; the response where the handler takes one, or a function that sends it.
Values ArgumentsOf(const RegisteredHandler& handler, const Place& response);
// The origin of an exception, or -1.
int ThrownAt(const Value& exception);
// Adds the places that differ between two values of `place`, as deep as they can be told apart.
void Differences(const Place& place, const Value& before, const Value& after,
                 std::vector<Place>& places);
// The end of a path from main, in a service that begins to serve or not.
PathEnd EndOfStart(const FunctionFacts& start, const LibraryModel* server, bool listens,
                   Result result);
PathEnd EndOf(const Program& program, const RegisteredHandler& handler, const Place& response,
              Result result);

}  // namespace filibuster
