// the stack, as a library's function sees it => who called it
//
// For libraries that are preloaded or that call us back: nobody tells them file and line. The stack
// is taken down to the frames of the application: its program and its own shared libraries, not
// those of the system; and of these, those whose source is a client library's header or generated
// from an interface definition are left out.
#pragma once

#include <string>

namespace filibuster {

struct CallSite {
  // Of the innermost frame of the application; without debug information its module's build id and
  // the offset in it, and line 0.
  std::string file;
  int line = 0;
  // All its frames, innermost first: "foo.cc:17", or "3f2a…+1b40" without debug information. The
  // same in every run of a build.
  std::string stack;
};

// Of the function of ours that calls this. Found out once for each stack: see the costs in
// docs/preload.md. Lives as long as the process.
const CallSite& CurrentCallSite();

}  // namespace filibuster
