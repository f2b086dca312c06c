// Service => does it answer?
#pragma once

#include <string>

#include "runtime/application.h"

namespace filibuster {

enum class Health {
  kHealthy,
  kUnhealthy,  // something listens on its port, but the health check gets another answer, or none
  kDown,       // nothing listens
};

struct HealthReport {
  Health health = Health::kDown;
  std::string reason;  // of what is not healthy: "status 503"
};

// Takes a second at most.
HealthReport CheckHealth(const Service& service);
// Whether anything listens on the service's port.
bool IsListening(const Service& service);

}  // namespace filibuster
