// What goes on in POCO's HTTP servers => the request that a thread serves, and the answer to it
#pragma once

namespace filibuster {

// PocoHooks says what they are given.
void RequestBegins(const void* request);
void ResponseIsSent(const void* response);
void RequestEnds();

}  // namespace filibuster
