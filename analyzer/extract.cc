#include "analyzer/extract.h"

#include <clang/AST/ASTConsumer.h>
#include <clang/Basic/Diagnostic.h>
#include <clang/Basic/Version.h>
#include <clang/Frontend/CompilerInstance.h>
#include <clang/Frontend/FrontendActions.h>
#include <clang/Tooling/ArgumentsAdjusters.h>
#include <clang/Tooling/JSONCompilationDatabase.h>
#include <clang/Tooling/Tooling.h>
#include <llvm/Option/ArgList.h>
#include <llvm/Option/OptTable.h>
#include <llvm/Support/VirtualFileSystem.h>
#include <llvm/Support/xxhash.h>

#include <algorithm>
#include <filesystem>
#include <memory>
#include <utility>

#include "analyzer/clang_versions.h"
#include "analyzer/lowering.h"

namespace filibuster {
namespace {

// Keeps the first error; the rest follow from it more often than not.
class FirstError : public clang::DiagnosticConsumer {
 public:
  void HandleDiagnostic(clang::DiagnosticsEngine::Level level,
                        const clang::Diagnostic& diagnostic) override {
    if (level < clang::DiagnosticsEngine::Error) return;
    if (diagnostic.getNumFixItHints() > 0) corrected.insert(diagnostic.getLocation());
    if (!message.empty()) return;
    llvm::SmallString<128> text;
    diagnostic.FormatDiagnostic(text);
    message = std::string(text);
    if (!diagnostic.hasSourceManager()) return;
    const clang::SourceManager& sources = diagnostic.getSourceManager();
    const clang::PresumedLoc place = sources.getPresumedLoc(
        sources.getExpansionLoc(diagnostic.getLocation()), /*UseLineDirectives=*/false);
    if (place.isInvalid()) return;
    file = place.getFilename();
    line = static_cast<int>(place.getLine());
    column = static_cast<int>(place.getColumn());
  }

  std::string message;
  std::string file;
  int line = 0;
  int column = 0;
  Places corrected;  // where clang went on with what it took for meant
};

class Consumer : public clang::ASTConsumer {
 public:
  Consumer(clang::CompilerInstance& compiler, const LoweringScope& scope, FileFacts& facts,
           const Places& corrected)
      : compiler_(compiler), scope_(scope), facts_(facts), corrected_(corrected) {}

  bool shouldSkipFunctionBody(clang::Decl* declaration) override {
    const clang::SourceManager& sources = compiler_.getSourceManager();
    return sources.isInSystemHeader(sources.getExpansionLoc(declaration->getLocation()));
  }

  void HandleTranslationUnit(clang::ASTContext& context) override {
    Lowering(context, scope_, facts_, corrected_).Run();
    AddDependencies(context.getSourceManager());
  }

 private:
  // As they were read, not as they may be by now.
  void AddDependencies(clang::SourceManager& sources) {
    for (auto file = sources.fileinfo_begin(); file != sources.fileinfo_end(); ++file) {
      const auto buffer = sources.getMemoryBufferForFileOrNone(file->first);
      llvm::StringRef path = file->first.getFileEntry().tryGetRealPathName();
      if (!buffer || path.empty()) continue;
      facts_.dependencies.push_back({path.str(), HashOf(buffer->getBuffer())});
    }
    std::ranges::sort(facts_.dependencies, {}, &Dependency::path);
  }

  clang::CompilerInstance& compiler_;
  const LoweringScope& scope_;
  FileFacts& facts_;
  const Places& corrected_;
};

class Action : public clang::ASTFrontendAction {
 public:
  Action(const LoweringScope& scope, FileFacts& facts, const Places& corrected)
      : scope_(scope), facts_(facts), corrected_(corrected) {}

  std::unique_ptr<clang::ASTConsumer> CreateASTConsumer(clang::CompilerInstance& compiler,
                                                        llvm::StringRef) override {
    compiler.getFrontendOpts().SkipFunctionBodies = true;
    // A header that is missing must not end the analysis of what is there.
    compiler.getDiagnostics().setFatalsAsError(true);
    return std::make_unique<Consumer>(compiler, scope_, facts_, corrected_);
  }

 private:
  const LoweringScope& scope_;
  FileFacts& facts_;
  const Places& corrected_;
};

// Another compiler's options that clang does not know are errors to clang's driver.
std::vector<std::string> WithoutUnknownOptions(const std::vector<std::string>& arguments) {
  std::vector<const char*> pointers;
  for (const std::string& argument : arguments) pointers.push_back(argument.c_str());
  unsigned missing_index = 0;
  unsigned missing_count = 0;
  const llvm::opt::InputArgList parsed = clang::getDriverOptTable().ParseArgs(
      llvm::ArrayRef(pointers).drop_front(), missing_index, missing_count);
  std::vector<bool> drop(arguments.size(), false);
  for (const llvm::opt::Arg* argument : parsed) {
    if (argument->getOption().getKind() == llvm::opt::Option::UnknownClass) {
      drop[argument->getIndex() + 1] = true;
    }
  }
  std::vector<std::string> known;
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    if (!drop[i]) known.push_back(arguments[i]);
  }
  return known;
}

std::vector<std::string> ForClang(const CompileCommand& command) {
  namespace tooling = clang::tooling;
  const tooling::ArgumentsAdjuster adjuster = tooling::combineAdjusters(
      tooling::combineAdjusters(tooling::getClangStripOutputAdjuster(),
                                tooling::getClangStripDependencyFileAdjuster()),
      tooling::combineAdjusters(tooling::getStripPluginsAdjuster(),
                                tooling::getClangSyntaxOnlyAdjuster()));
  std::vector<std::string> arguments =
      WithoutUnknownOptions(adjuster(command.arguments, command.file));
  const std::vector<std::string> ours = {
      "-w",
      "-ferror-limit=0",
      "-Wno-enum-constexpr-conversion",  // Boost 1.74 with clang 16 and newer
      "-DFILIBUSTER_ANALYSIS=1",
      "-resource-dir=" FILIBUSTER_CLANG_RESOURCE_DIR,
  };
  arguments.insert(arguments.begin() + 1, ours.begin(), ours.end());
  return arguments;
}

std::string Normal(const std::filesystem::path& path) {
  std::error_code error;
  const auto canonical = std::filesystem::weakly_canonical(path, error);
  return (error ? path.lexically_normal() : canonical).string();
}

}  // namespace

std::expected<CompileCommands, Error> CompileCommands::Read(const std::filesystem::path& path) {
  std::error_code ignored;
  const auto file =
      std::filesystem::is_directory(path, ignored) ? path / "compile_commands.json" : path;
  std::string message;
  const auto database = clang::tooling::JSONCompilationDatabase::loadFromFile(
      file.string(), message, clang::tooling::JSONCommandLineSyntax::AutoDetect);
  if (database == nullptr) {
    return std::unexpected(Error{file.string() + ": not a compilation database: " + message});
  }
  CompileCommands commands;
  for (const clang::tooling::CompileCommand& command : database->getAllCompileCommands()) {
    commands.commands_.push_back(
        {Normal(std::filesystem::path(command.Directory) / command.Filename), command.Directory,
         command.CommandLine});
  }
  std::ranges::stable_sort(commands.commands_, {}, &CompileCommand::file);
  return commands;
}

std::optional<CompileCommand> CompileCommands::Find(const std::string& file) const {
  const auto it = std::ranges::lower_bound(commands_, file, {}, &CompileCommand::file);
  if (it == commands_.end() || it->file != file) return std::nullopt;
  return *it;
}

FileFacts ExtractFile(const CompileCommand& command, const ExtractScope& scope) {
  FileFacts facts{.path = command.file};
  const LoweringScope lowering{scope.directory, scope.library_namespaces};
  // A file system of its own: working directories differ, and files may run in parallel.
  auto files = llvm::makeIntrusiveRefCnt<clang::FileManager>(clang::FileSystemOptions(),
                                                             llvm::vfs::createPhysicalFileSystem());
  files->getVirtualFileSystem().setCurrentWorkingDirectory(command.directory);
  FirstError error;
  clang::tooling::ToolInvocation invocation(
      ForClang(command), std::make_unique<Action>(lowering, facts, error.corrected), files.get());
  invocation.setDiagnosticConsumer(&error);
  invocation.run();
  if (!error.message.empty()) {
    facts.parse_error = error.message;
    facts.is_lost = facts.dependencies.empty();
    const std::string file = error.file.empty()
                                 ? command.file
                                 : Normal(std::filesystem::path(command.directory) / error.file);
    const auto known = std::ranges::find(facts.files, file);
    facts.parse_error_position = {static_cast<int>(known - facts.files.begin()), error.line,
                                  error.column};
    if (known == facts.files.end()) facts.files.push_back(file);
  }
  return facts;
}

std::string LlvmVersion() { return CLANG_VERSION_STRING; }

std::string ExtractorVersion() {
  return clang::getClangFullVersion() + " " FILIBUSTER_CLANG_RESOURCE_DIR;
}

std::uint64_t HashOf(std::string_view content) {
  return llvm::xxh3_64bits(llvm::StringRef(content.data(), content.size()));
}

}  // namespace filibuster
