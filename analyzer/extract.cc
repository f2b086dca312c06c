#include "analyzer/extract.h"

#include <clang/AST/ASTConsumer.h>
#include <clang/Basic/Diagnostic.h>
#include <clang/Basic/Version.h>
#include <clang/Frontend/CompilerInstance.h>
#include <clang/Frontend/FrontendActions.h>
#include <clang/Lex/Pragma.h>
#include <clang/Lex/Preprocessor.h>
#include <clang/Tooling/ArgumentsAdjusters.h>
#include <clang/Tooling/JSONCompilationDatabase.h>
#include <clang/Tooling/Tooling.h>
#include <llvm/Option/ArgList.h>
#include <llvm/Option/OptTable.h>
#include <llvm/Support/Path.h>
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
    // An option includes what the compiler's own text does.
    if (place.isInvalid() || llvm::StringRef(place.getFilename()).starts_with("<")) return;
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

// The file that includes what several files begin with, and the directive in it in whose place the
// rest of one of them comes. The file is in no directory.
constexpr char kIncludesFile[] = "filibuster-leading-includes";
constexpr char kRestOfFile[] = "filibuster_rest_of_file";

class RestOfFile : public clang::PragmaHandler {
 public:
  RestOfFile(FirstError& error, const std::function<const std::string&()>& next)
      : PragmaHandler(kRestOfFile), error_(error), next_(next) {}

  void HandlePragma(clang::Preprocessor& preprocessor, clang::PragmaIntroducer introducer,
                    clang::Token&) override {
    if (!error_.message.empty()) return;
    preprocessor.DiscardUntilEndOfDirective();
    const std::string& path = next_();
    const auto file = preprocessor.getFileManager().getOptionalFileRef(path);
    if (!file) {
      error_.message = "cannot be read";
      return;
    }
    clang::SourceManager& sources = preprocessor.getSourceManager();
    const clang::FileID id =
        sources.createFileID(*file, introducer.Loc, clang::SrcMgr::CharacteristicKind::C_User);
    sources.setMainFileID(id);
    preprocessor.markIncluded(*file);  // of what includes others, clang wants to know it
    preprocessor.EnterSourceFile(id, nullptr, introducer.Loc);
  }

 private:
  FirstError& error_;
  const std::function<const std::string&()>& next_;
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
    Lowering(context, compiler_.getSema(), scope_, facts_, corrected_).Run();
    AddDependencies(context.getSourceManager());
  }

 private:
  // As they were read, not as they may be by now.
  void AddDependencies(clang::SourceManager& sources) {
    for (auto file = sources.fileinfo_begin(); file != sources.fileinfo_end(); ++file) {
      const auto buffer = sources.getMemoryBufferForFileOrNone(file->first);
      llvm::StringRef path = file->first.getFileEntry().tryGetRealPathName();
      if (!buffer || path.empty() || llvm::sys::path::stem(path) == kIncludesFile) continue;
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
  // `next`: the path of the file that comes in the place of the pragma; nobody is asked without it.
  Action(const LoweringScope& scope, FileFacts& facts, FirstError& error,
         const std::function<const std::string&()>& next)
      : scope_(scope), facts_(facts), error_(error), next_(next) {}

  bool BeginSourceFileAction(clang::CompilerInstance& compiler) override {
    // The preprocessor owns its handlers.
    if (next_) compiler.getPreprocessor().AddPragmaHandler(new RestOfFile(error_, next_));
    return true;
  }

  std::unique_ptr<clang::ASTConsumer> CreateASTConsumer(clang::CompilerInstance& compiler,
                                                        llvm::StringRef) override {
    compiler.getFrontendOpts().SkipFunctionBodies = true;
    // A header that is missing must not end the analysis of what is there.
    compiler.getDiagnostics().setFatalsAsError(true);
    return std::make_unique<Consumer>(compiler, scope_, facts_, error_.corrected);
  }

 private:
  const LoweringScope& scope_;
  FileFacts& facts_;
  FirstError& error_;
  const std::function<const std::string&()>& next_;
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
      "-fno-caret-diagnostics",          // nor "1 warning generated."
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

// `next`: as of Action. `command` may be another one by the time the facts are complete.
void Run(const CompileCommand& command, llvm::IntrusiveRefCntPtr<llvm::vfs::FileSystem> sources,
         const LoweringScope& scope, const std::function<const std::string&()>& next,
         FirstError& error, FileFacts& facts) {
  // A file system of its own: working directories differ, and files may run in parallel.
  auto files = llvm::makeIntrusiveRefCnt<clang::FileManager>(clang::FileSystemOptions(), sources);
  files->getVirtualFileSystem().setCurrentWorkingDirectory(command.directory);
  clang::tooling::ToolInvocation invocation(
      ForClang(command), std::make_unique<Action>(scope, facts, error, next), files.get());
  invocation.setDiagnosticConsumer(&error);
  invocation.run();
  if (error.message.empty()) return;
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

}  // namespace

bool NamesSource(const CompileCommand& command, const std::string& argument) {
  const std::filesystem::path path = std::filesystem::path(command.directory) / argument;
  return path.lexically_normal() == command.file;
}

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
  FirstError error;
  Run(command, llvm::vfs::createPhysicalFileSystem(), lowering, {}, error, facts);
  return facts;
}

FileFacts ExtractAfter(const std::vector<std::string>& includes, const CompileCommand& like,
                       const std::function<const ExtractJob&()>& next) {
  const std::filesystem::path file(like.file);
  CompileCommand command = like;
  command.file = file.parent_path() / (kIncludesFile + file.extension().string());
  for (std::string& argument : command.arguments) {
    if (NamesSource(like, argument)) argument = command.file;
  }
  std::string source;
  for (const std::string& include : includes) source += include + "\n";
  source += std::string("#pragma ") + kRestOfFile + "\n";
  auto memory = llvm::makeIntrusiveRefCnt<llvm::vfs::InMemoryFileSystem>();
  memory->addFile(command.file, 0, llvm::MemoryBuffer::getMemBuffer(source));
  auto files = llvm::makeIntrusiveRefCnt<llvm::vfs::OverlayFileSystem>(
      llvm::vfs::createPhysicalFileSystem());
  files->pushOverlay(memory);

  FileFacts facts{.path = command.file};
  LoweringScope lowering;
  FirstError error;
  const std::function<const std::string&()> begin = [&]() -> const std::string& {
    const ExtractJob& job = next();
    command = job.command;
    facts.path = command.file;
    lowering = {job.scope.directory, job.scope.library_namespaces};
    return command.file;
  };
  Run(command, files, lowering, begin, error, facts);
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
