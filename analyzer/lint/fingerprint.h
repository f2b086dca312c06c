// Finding => a short text that names it from one commit to the next. No line, column or place of
// the checkout goes into it, so that a finding keeps it while code around it moves.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include "analyzer/lint/finding.h"

namespace filibuster {

// Of the check, the file, the function, and `details` that tell apart what a function has of them.
std::string Fingerprint(const Finding& finding, std::initializer_list<std::string_view> details);

// Findings that are alike in all of that are told apart by their order, so `findings` is sorted.
void NumberEqualFingerprints(std::vector<Finding>& findings);

}  // namespace filibuster
