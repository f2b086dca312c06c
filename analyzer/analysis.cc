#include "analyzer/analysis.h"

#include <ostream>

namespace filibuster {

std::ostream& operator<<(std::ostream& out, const SourceLocation& location) {
  return out << location.file << ":" << location.line << ":" << location.column;
}

}  // namespace filibuster
