// Statuses that are written in code which was not followed to its end: it may answer with any.
//
// FunctionFacts… x LibraryModel… => Written
#pragma once

#include <set>
#include <vector>

#include "analyzer/program.h"
#include "analyzer/reach.h"
#include "analyzer/service_facts.h"

namespace filibuster {

struct WrittenStatus {
  Status status;
  int origin = 0;  // an index into the facts' origins

  bool operator==(const WrittenStatus&) const = default;
};

struct Written {
  std::vector<WrittenStatus> statuses;
  bool passes_on = false;  // it may answer with the status of a response
};

// Those of errors, in what `functions` and the globals that they name set, answer with or throw, or
// have numbers of that are not compared with, nor handed to a library. `servers`: whose statuses.
Written StatusesWrittenIn(const Program& program, const Reaches& reaches,
                          const std::set<const FunctionFacts*>& functions,
                          const std::vector<const LibraryModel*>& servers, ServiceFacts& facts);

}  // namespace filibuster
