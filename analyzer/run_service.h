// Follows a service from main and from each of its handlers, and says how every path ends.
//
// Program => ServiceRun
#pragma once

#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "analyzer/followed.h"
#include "analyzer/program.h"
#include "analyzer/service_facts.h"
#include "analyzer/state.h"
#include "analyzer/written_statuses.h"

namespace filibuster {

// Why nothing is known of a call, or not all of an entry.
inline constexpr char kTooMuchToFollow[] = "there is too much to follow";

// How one path ends, as the one who called the service sees it.
struct PathEnd {
  enum class Kind {
    kAnswers,     // code of the service says with which status
    kEscapes,     // an exception leaves the handler; the server answers
    kTerminates,  // the process ends
    kGoesOn,      // the path is not one of a request (main), and goes on
  };
  Kind kind = Kind::kAnswers;
  Value status;               // kAnswers, kEscapes
  int origin = -1;            // where the status or the exception comes from, an index into origins
  std::string by;             // kTerminates: what a Result says
  bool is_exception = false;  // it ended by one
  std::optional<AssumedFault> fault;
  std::map<int, int> executions;

  bool operator==(const PathEnd&) const = default;
};

// All paths from one entry.
struct EntryRun {
  std::string name;
  bool is_reached = true;                 // false: nothing seen leads to it
  const LibraryModel* library = nullptr;  // that hands it requests, and answers
  NormalBranches normal_branches;
  // There was too much to follow: of these functions (USRs) not all is known, nor is whether it
  // answers with the statuses that are written in them. Where the entry is: an index into origins.
  std::set<std::string> cut_off;
  // Paths of these functions were put together: a status that is written in them may be lost.
  std::set<std::string> put_together;
  Calls unfinished;
  Written written;
  int origin = -1;
  std::vector<PathEnd> ends;
};

struct ServiceRun {
  ServiceFacts facts;
  std::vector<EntryRun> entries;
};

// `facts` says where the service is and what to try.
ServiceRun RunService(const Program& program, ServiceFacts facts);

}  // namespace filibuster
