#include "base/error.h"

#include <ostream>

namespace filibuster {

std::ostream& operator<<(std::ostream& out, const Error& error) { return out << error.message; }

}  // namespace filibuster
