// analyzer/models/*.json as they were when the program was built (cmake/embed.cmake).
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace filibuster {

struct EmbeddedModel {
  std::string name;  // "models/httplib.json"
  std::string_view text;
};

const std::vector<EmbeddedModel>& EmbeddedModels();

}  // namespace filibuster
