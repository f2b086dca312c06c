#include "analyzer/starts.h"

#include <algorithm>
#include <set>
#include <string>

namespace filibuster {

std::vector<FunctionRef> OwnFunctions(const Program& program, const ServiceFacts& facts) {
  std::vector<FunctionRef> functions;
  std::set<std::string> seen;
  for (const FileFacts* file : program.files()) {
    for (const FunctionFacts& function : file->functions) {
      const FunctionRef ref{file, &function};
      const auto index = static_cast<std::size_t>(function.position.file);
      // A folder may have several programs.
      const bool is_new = seen.insert(function.usr).second || function.name == "main";
      if (facts.IsOwn(file->files[index]) && is_new && !program.IsOfLibrary(ref)) {
        functions.push_back(ref);
      }
    }
  }
  return functions;
}

std::vector<FunctionRef> StartsOf(const Program& program, const std::vector<FunctionRef>& own) {
  std::vector<FunctionRef> mains;
  std::vector<FunctionRef> roots;
  std::set<std::string> called;
  for (const FileFacts* file : program.files()) {
    for (const Callee& callee : file->callees) called.insert(callee.usr);
  }
  for (const FunctionRef& function : own) {
    if (function.function->name == "main") mains.push_back(function);
    // Handlers are called by their server.
    const bool is_handler = std::ranges::any_of(program.models(), [&](const auto& model) {
      return program.IsHandler(model, *function.function, /*registered=*/true);
    });
    if (!is_handler && !called.contains(function.function->usr)) roots.push_back(function);
  }
  return mains.empty() ? roots : mains;
}

}  // namespace filibuster
