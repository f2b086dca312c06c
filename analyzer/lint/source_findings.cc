#include "analyzer/lint/source_findings.h"

#include <algorithm>
#include <filesystem>
#include <optional>
#include <utility>

namespace filibuster {
namespace {

class Walker {
 public:
  Walker(const FileFacts& file, const std::string& directory, const std::string& root)
      : file_(file), directory_(directory + "/"), root_(root) {}

  std::vector<SourceFinding> Run() {
    for (const FunctionFacts& function : file_.functions) {
      if (!PathOf(function.position).starts_with(directory_)) continue;
      function_ = &function;
      Visit(function.body);
    }
    return std::move(findings_);
  }

 private:
  const std::string& PathOf(const Position& position) const {
    return file_.files[static_cast<std::size_t>(position.file)];
  }

  SourceLocation LocationOf(const Node& node) const {
    return {.file = std::filesystem::path(PathOf(node.position)).lexically_relative(root_).string(),
            .line = node.position.line,
            .column = node.position.column};
  }

  const ClassFacts* ClassOf(const std::string& type) const {
    const auto found = std::ranges::find(file_.classes, type, &ClassFacts::usr);
    return found == file_.classes.end() ? nullptr : &*found;
  }

  void Visit(const Node& node) {
    if (node.op == Op::kThrow && !node.kids.empty()) CheckThrow(node);
    if (node.op == Op::kCatch) clauses_.push_back(&node);
    for (const Node& kid : node.kids) Visit(kid);
    if (node.op == Op::kCatch) clauses_.pop_back();
  }

  void CheckThrow(const Node& node) {
    const Node* thrown = &node.kids.front();
    if (thrown->op == Op::kNew) {
      // The type is a pointer's: "Failed *".
      const std::string type = node.type.substr(0, node.type.find_last_not_of("* ") + 1);
      const ClassFacts* thrown_class = ClassOf(type);
      Report(SourceFinding::Kind::kThrowPointer, node,
             thrown_class != nullptr ? thrown_class->name : type, std::nullopt);
      return;
    }
    // What is thrown is a copy, which the sources do not show.
    while ((thrown->op == Op::kConstruct && thrown->kids.size() == 1) || thrown->op == Op::kCopy) {
      thrown = &thrown->kids.front();
    }
    if (thrown->op != Op::kLocal) return;
    for (const Node* clause : clauses_) {
      const ClassFacts* caught = ClassOf(clause->type);
      if (clause->number != thrown->number || caught == nullptr || clause->type != node.type) {
        continue;
      }
      Report(SourceFinding::Kind::kSlicedException, node, caught->name, LocationOf(*clause));
    }
  }

  void Report(SourceFinding::Kind kind, const Node& node, std::string type,
              std::optional<SourceLocation> caught) {
    findings_.push_back({.kind = kind,
                         .location = LocationOf(node),
                         .function = function_->name,
                         .type = std::move(type),
                         .caught = std::move(caught)});
  }

  const FileFacts& file_;
  std::string directory_;
  std::string root_;
  const FunctionFacts* function_ = nullptr;
  std::vector<const Node*> clauses_;  // that the walk is in
  std::vector<SourceFinding> findings_;
};

}  // namespace

std::vector<SourceFinding> SourceFindingsIn(const FileFacts& file, const std::string& directory,
                                            const std::string& root) {
  return Walker(file, directory, root).Run();
}

}  // namespace filibuster
