#include "analyzer/facts.h"

#include <array>
#include <ostream>
#include <string_view>

namespace filibuster {
namespace {

constexpr std::array<std::string_view, 50> kOpNames = {
    "unknown",    "int",       "string",    "null",     "local",   "global",  "this",
    "field",      "deref",     "dynamic",   "copy",     "address", "index",   "call",
    "call-value", "construct", "aggregate", "init",     "list",    "not",     "unary",
    "binary",     "and",       "or",        "if-else",  "assign",  "lambda",  "capture",
    "function",   "throw",     "new",       "delete",   "block",   "declare", "temporary",
    "full",       "destroy",   "if",        "switch",   "case",    "default", "loop",
    "for-each",   "return",    "break",     "continue", "try",     "catch",   "label",
    "goto",
};

}  // namespace

std::ostream& operator<<(std::ostream& out, const Node& node) {
  const auto index = static_cast<std::size_t>(node.op);
  out << "(" << kOpNames.at(index);
  switch (node.op) {
    case Op::kInt:
    case Op::kLocal:
    case Op::kDeclare:
    case Op::kTemporary:
    case Op::kDestroy:
    case Op::kCapture:
    case Op::kForEach:
      out << " " << node.number;
      break;
    default:
      break;
  }
  if (!node.text.empty()) out << " " << node.text;
  if (!node.type.empty()) out << " : " << node.type;
  for (const Node& kid : node.kids) out << " " << kid;
  return out << ")";
}

}  // namespace filibuster
