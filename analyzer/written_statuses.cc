#include "analyzer/written_statuses.h"

#include <algorithm>
#include <optional>
#include <set>
#include <string>
#include <utility>

namespace filibuster {
namespace {

// A number that means a status wherever it stands; others have to stand where one is set.
bool IsStatusOfHttp(std::int64_t number) {
  static const std::set<std::int64_t> others = {451, 510, 511};
  const auto is_in = [&](int first, int last) { return number >= first && number <= last; };
  return is_in(400, 418) || is_in(421, 426) || number == 428 || number == 429 || number == 431 ||
         is_in(500, 508) || others.contains(number);
}

class WrittenStatuses {
 public:
  WrittenStatuses(const Program& program, const std::vector<const LibraryModel*>& servers,
                  ServiceFacts& facts)
      : program_(program), servers_(servers), facts_(facts) {
    // What is thrown or returned by calls of these may be thrown or returned on as it is.
    written_.passes_on = std::ranges::any_of(
        servers, [](const LibraryModel* server) { return !server->HasHttpStatuses(); });
  }

  // The interface of a handler says what it throws.
  void Declare(const FunctionFacts& function) {
    if (!function.has_throws) return;
    if (!declared_) declared_.emplace();
    declared_->insert(function.throws.begin(), function.throws.end());
  }

  void Visit(const FunctionRef& function) {
    file_ = function.file;
    name_ = function.function->name;
    for (const Node& init : function.function->inits) Visit(init, &init, Meaning::kMaybe);
    Visit(function.function->body, &function.function->body, Meaning::kMaybe);
  }
  void Visit(const Program::GlobalRef& global) {
    file_ = global.file;
    name_ = global.global->name;
    Visit(global.global->init, &global.global->init, Meaning::kMaybe);
  }
  Written Take() { return std::move(written_); }

 private:
  // What a number would mean there.
  enum class Meaning { kNoStatus, kMaybe, kStatus };

  // `at`: what it is a part of, and is said to be the place.
  void Visit(const Node& node, const Node* at, Meaning meaning) {
    switch (node.op) {
      case Op::kInt:
        AddNumber(node, *at, meaning);
        return;
      case Op::kGlobal:
        AddConstant(node, *at, meaning);
        return;
      case Op::kBinary: {
        const bool compares = node.text == "==" || node.text == "!=" || node.text == "<" ||
                              node.text == ">" || node.text == "<=" || node.text == ">=";
        if (compares) meaning = Meaning::kNoStatus;
        break;
      }
      case Op::kCase:
        meaning = Meaning::kNoStatus;
        break;
      case Op::kBlock:
        meaning = Meaning::kMaybe;
        break;
      case Op::kAssign:
        at = &node;
        if (!IsStatus(node.kids[0])) break;
        Visit(node.kids[0].kids[0], at, Meaning::kNoStatus);
        return Visit(node.kids[1], at, Meaning::kStatus);
      case Op::kField:
        if (IsStatus(node)) Read(meaning);
        break;
      case Op::kDeclare:
      case Op::kReturn:
        at = &node;
        break;
      case Op::kThrow:
        at = &node;
        AddThrown(node);
        meaning = Meaning::kStatus;
        break;
      case Op::kCall:
      case Op::kConstruct:
        return VisitCall(node, at, meaning);
      default:
        break;
    }
    for (const Node& kid : node.kids) Visit(kid, at, meaning);
  }

  // A field that is the status of a request's response or of a call's.
  bool IsStatus(const Node& node) const {
    if (node.op != Op::kField) return false;
    const ResultPart* part = program_.FieldPart(node.type);
    return part != nullptr && *part == ResultPart::kStatus;
  }

  void Read(Meaning meaning) {
    written_.passes_on = written_.passes_on || meaning != Meaning::kNoStatus;
  }

  // What a library is given is a status where its model says so.
  void VisitCall(const Node& node, const Node* at, Meaning meaning) {
    const LinkedCallee& link = program_.CalleeOf(*file_, node.number);
    const bool reads = std::ranges::any_of(link.rows, [](const ModelRow* row) {
      return row->effect == Effect::kRead && row->part == ResultPart::kStatus;
    });
    if (reads) Read(meaning);
    const std::size_t first = link.callee->is_method ? 1 : 0;
    const auto is_status = [&](std::size_t index) {
      return std::ranges::any_of(link.rows, [&](const ModelRow* row) {
        const std::optional<int> argument = row->Argument("status");
        return argument && static_cast<std::size_t>(*argument) + first == index;
      });
    };
    for (std::size_t i = 0; i < node.kids.size(); ++i) {
      if (is_status(i)) {
        Visit(node.kids[i], &node, Meaning::kStatus);
      } else {
        Visit(node.kids[i], at, link.library == nullptr ? meaning : Meaning::kNoStatus);
      }
    }
  }

  void AddNumber(const Node& number, const Node& at, Meaning meaning) {
    if (meaning == Meaning::kNoStatus) return;
    for (const LibraryModel* server : servers_) {
      constexpr int kLastStatus = 599;
      const bool is_meant =
          server->HasHttpStatuses()
              ? IsStatusOfHttp(number.number) ||
                    (meaning == Meaning::kStatus && number.number <= kLastStatus)
              : !server->code_prefix.empty() && number.text.starts_with(server->code_prefix);
      if (is_meant) Add(StatusOf(*server, static_cast<int>(number.number)), at);
    }
  }

  // A library's own constant: "grpc::Status::CANCELLED".
  void AddConstant(const Node& node, const Node& at, Meaning meaning) {
    const Program::GlobalRef* global = program_.FindGlobal(node.text);
    if (global == nullptr || meaning == Meaning::kNoStatus) return;
    for (const LibraryModel* server : servers_) {
      const auto constant = server->constants.find(global->global->name);
      if (constant != server->constants.end()) Add(StatusOf(*server, constant->second), at);
    }
  }

  void AddThrown(const Node& node) {
    const std::string& name = program_.TypeName(node.type);
    for (const LibraryModel* server : servers_) {
      if (const auto status = program_.ThrownStatus(*server, node.type)) {
        Add(StatusOf(*server, *status), node);
      }
      const bool is_declared = !server->thrown_status.empty() && name != server->thrown_status &&
                               !server->types.contains(name) &&
                               program_.DerivesFrom(node.type, server->thrown_status);
      if (!is_declared) continue;
      if (!declared_) Add({.module = server->module, .number = 1, .name = name}, node);
      for (const std::string& declared : declared_.value_or(std::set<std::string>())) {
        if (!program_.DerivesFrom(node.type, declared)) continue;
        Add({.module = server->module, .number = 1, .name = program_.TypeName(declared)}, node);
      }
    }
  }

  void Add(const Status& status, const Node& at) {
    if (!status.IsError()) return;
    const std::string& path = file_->files[static_cast<std::size_t>(at.position.file)];
    const SourceLocation place{facts_.Relative(path), at.position.line, at.position.column};
    WrittenStatus written{.status = status, .origin = facts_.AddOrigin(place, name_)};
    std::vector<WrittenStatus>& all = written_.statuses;
    if (std::ranges::find(all, written) == all.end()) all.push_back(std::move(written));
  }

  const Program& program_;
  const std::vector<const LibraryModel*>& servers_;
  ServiceFacts& facts_;
  const FileFacts* file_ = nullptr;
  std::string name_;
  std::optional<std::set<std::string>> declared_;  // exceptions; nothing: no interface was seen
  Written written_;
};

}  // namespace

Written StatusesWrittenIn(const Program& program, const Reaches& reaches,
                          const std::set<const FunctionFacts*>& functions,
                          const std::vector<const LibraryModel*>& servers, ServiceFacts& facts) {
  WrittenStatuses written(program, servers, facts);
  for (const FunctionFacts* function : functions) written.Declare(*function);
  for (const FileFacts* file : program.files()) {
    for (const FunctionFacts& function : file->functions) {
      if (functions.contains(&function)) written.Visit({file, &function});
    }
  }
  for (const std::string& usr : reaches.GlobalsOf(functions)) {
    if (const Program::GlobalRef* global = program.FindGlobal(usr)) written.Visit(*global);
  }
  return written.Take();
}

}  // namespace filibuster
