// Model x fault set => execution: a TestRunner that interprets a model.
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

#include "planner/application_model.h"
#include "planner/explore.h"
#include "planner/handler_facts.h"

namespace filibuster {

class ModelRunner : public TestRunner {
 public:
  // `model` must outlive the runner.
  explicit ModelRunner(const ApplicationModel& model);

  // An Error: a call cycle that does not end.
  std::expected<TestExecution, Error> Run(const FaultSet& faults, CallTable& calls) override;

  // What the clauses of the model do: for reductions and orders that go by handlers.
  HandlerFacts Facts() const;

  // What services did over all runs. A behaviour is what one service does with one request: the
  // calls it makes, in order, with the handler entry taken for each, and the status it returns.
  struct Behaviours {
    std::unordered_set<std::uint64_t> by_entry;    // hashes
    std::unordered_set<std::uint64_t> by_outcome;  // the outcome of the entry stands for the entry
    std::set<std::pair<int, bool>> answers;  // of the entry service; whether there were faults

    bool operator==(const Behaviours&) const = default;
  };
  const Behaviours& behaviours() const { return behaviours_; }

 private:
  class Interpreter;

  // What takes a result at a call statement.
  struct Taken {
    enum class By : std::uint8_t { kSuccess, kClause, kNobodyStatus, kNobodyException };
    By by = By::kSuccess;
    std::uint32_t clause = 0;
  };
  struct Service {
    const ServiceModel* model = nullptr;
    std::uint32_t number = 0;
    bool active = false;  // a request to it is being handled
  };
  struct CallKey {
    CallId parent = 0;
    std::uint32_t statement = 0;
    std::uint32_t count = 0;
    bool operator==(const CallKey&) const = default;
  };
  struct CallKeyHash {
    std::size_t operator()(const CallKey& key) const;
  };

  static Taken TakenBy(const CallStatement& statement, const CallResult& result);
  void CollectCalls(const Statements& statements);
  struct CallIds {
    CallId call = 0;
    FormId form = 0;
  };
  CallIds IdsOf(CallId parent, const Service& service, const CallStatement& statement,
                std::uint32_t count, CallTable& calls);
  ResultId ResultOfStatus(int status, CallTable& calls);

  const ApplicationModel& model_;
  std::unordered_map<std::string, Service> services_;
  std::vector<const CallStatement*> statements_;           // by id
  std::unordered_map<std::string, std::uint32_t> bodies_;  // number of each body's text
  std::unordered_map<CallKey, CallIds, CallKeyHash> call_ids_;
  std::vector<ResultId> results_;  // by status
  Behaviours behaviours_;
};

}  // namespace filibuster
