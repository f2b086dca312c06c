// filibuster-inject: starts a service with what instruments it preloaded.
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <string>
#include <vector>

#include "base/console.h"
#include "runtime/inject.h"
#include "tools/command_line.h"

namespace {

constexpr char kExamples[] = R"(Examples:
  filibuster-inject --service-name foo -- ./foo --its-args
      its calls by libcurl and cpp-httplib fail as the server at FILIBUSTER_URL says; without
      FILIBUSTER_URL it runs as if it had been started by itself

The service takes this program's place: its exit code, signals and output are its own.
Exit code 2: it could not be started.)";

}  // namespace

int main(int argc, char** argv) {
  std::string service_name;
  std::vector<std::string> command;
  CLI::App app("Starts a service, instrumented, that nobody has changed.");
  app.footer(kExamples);
  app.add_option("--service-name", service_name, "As the application and the analysis know it")
      ->required();
  app.add_option("command", command, "The service and its arguments, after --")->required();
  if (const auto exit_code = filibuster::ParseCommandLine(app, argc, argv)) return *exit_code;

  const char* preloaded = std::getenv("LD_PRELOAD");
  const auto environment =
      filibuster::InjectEnvironment(service_name, preloaded != nullptr ? preloaded : "");
  if (!environment) {
    filibuster::LogFail("{}", environment.error().message);
    return 2;
  }
  for (const auto& [name, value] : *environment) ::setenv(name.c_str(), value.c_str(), 1);
  std::vector<char*> arguments;
  for (std::string& argument : command) arguments.push_back(argument.data());
  arguments.push_back(nullptr);
  ::execvp(arguments[0], arguments.data());
  filibuster::LogFail("{}: {}", command[0], std::strerror(errno));
  return 2;
}
