// The service's name, as the application knows it:
//
//   FILIBUSTER_SERVICE("foo");  // once, at namespace scope
#pragma once

#include <string>

// The analyzer sees a service's code as it is without us.
#ifdef FILIBUSTER_ANALYSIS
#define FILIBUSTER_SERVICE(name) static_assert(true, name)

namespace filibuster {
inline void SetServiceName(const std::string&) {}
}  // namespace filibuster
#else

namespace filibuster {

// For a program whose service is known only as it runs; before its first call or request.
void SetServiceName(std::string name);

}  // namespace filibuster

#define FILIBUSTER_SERVICE(name) \
  [[maybe_unused]] static const bool filibuster_service = (::filibuster::SetServiceName(name), true)

#endif
