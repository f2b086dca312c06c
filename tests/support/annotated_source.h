// A source whose interesting places are marked with ^, and what the extractor says of it.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "analyzer/extract.h"
#include "base/file.h"
#include "tests/support/temp_dir.h"

namespace filibuster {

class AnnotatedSource {
 public:
  explicit AnnotatedSource(std::string_view annotated) {
    int line = 1;
    int column = 1;
    for (const char c : annotated) {
      if (c == '^') {
        points_.push_back({.line = line, .column = column});
        continue;
      }
      code_ += c;
      column = c == '\n' ? 1 : column + 1;
      if (c == '\n') ++line;
    }
    const std::string file = std::filesystem::canonical(directory_.path()) / "source.cc";
    if (!WriteFile(file, code_)) return;
    facts_ = ExtractFile({.file = file,
                          .directory = directory_.path(),
                          .arguments = {"clang++", "-std=c++23", file}},
                         {.directory = std::filesystem::canonical(directory_.path()),
                          .library_namespaces = {"library"}});
  }

  // Lines and columns of the marks, in order.
  const std::vector<Position>& points() const { return points_; }
  const FileFacts& facts() const { return facts_; }

  // Lines and columns of all nodes of a kind, in the order of the functions.
  std::vector<Position> PositionsOf(Op op) const {
    std::vector<Position> positions;
    for (const FunctionFacts& function : facts_.functions) {
      for (const Node& init : function.inits) Collect(init, op, positions);
      Collect(function.body, op, positions);
    }
    return positions;
  }

  const FunctionFacts* Function(std::string_view name) const {
    for (const FunctionFacts& function : facts_.functions) {
      if (function.name == name) return &function;
    }
    return nullptr;
  }

 private:
  static void Collect(const Node& node, Op op, std::vector<Position>& positions) {
    if (node.op == op) {
      positions.push_back({.line = node.position.line, .column = node.position.column});
    }
    for (const Node& kid : node.kids) Collect(kid, op, positions);
  }

  TempDir directory_;
  std::string code_;
  std::vector<Position> points_;
  FileFacts facts_;
};

}  // namespace filibuster
