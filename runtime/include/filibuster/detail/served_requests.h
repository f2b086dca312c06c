// a library's own object for a request that is being handled => our context of it
//
// For libraries that tell where the request is, and not on which thread it goes on. By any thread;
// nothing of it is locked in a child process.
#pragma once

#include "filibuster/context.h"

namespace filibuster {

void KeepServed(const void* request, ContextHandle context);
void DropServed(const void* request);
// Null if it is not known.
ContextHandle FindServed(const void* request);

}  // namespace filibuster
