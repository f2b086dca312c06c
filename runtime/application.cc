#include "runtime/application.h"

#include <fmt/format.h>

#include <cstdlib>
#include <set>
#include <utility>

#include "runtime/inject.h"

namespace filibuster {
namespace {

namespace fs = std::filesystem;

constexpr int kSchemaVersion = 1;

bool IsServiceName(const std::string& name) {
  // It names log files and stands in URLs.
  return !name.empty() &&
         name.find_first_not_of(
             "abcdefghijklmnopqrstuvwxyz"
             "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-.") == name.npos &&
         name[0] != '.';
}

std::vector<std::string> ReadCommand(const JsonReader& reader) {
  if (reader.value().is_string()) {
    const std::string text = reader.String();
    if (text.find_first_not_of(" \t\n") == text.npos) reader.Fail("the command is empty");
    return {"/bin/sh", "-c", text};
  }
  if (!reader.value().is_array()) {
    reader.Fail("expected a list of arguments, or a string for the shell");
    return {};
  }
  std::vector<std::string> command;
  for (const JsonReader& argument : reader.Items()) command.push_back(argument.String());
  if (command.empty() || command[0].empty()) reader.Fail("the command is empty");
  return command;
}

fs::path Resolve(const fs::path& directory, const std::string& path) {
  return (directory / path).lexically_normal();
}

// Adds to the environment of the service.
void Inject(const JsonReader& reader, Service* service) {
  if (reader.String() != "preload") {
    reader.Fail(fmt::format("found \"{}\", expected \"preload\"", reader.String()));
    return;
  }
  const char* ours = std::getenv("LD_PRELOAD");
  const auto given = service->environment.find("LD_PRELOAD");
  const std::string preloaded = given != service->environment.end() ? given->second
                                : ours != nullptr                   ? ours
                                                                    : "";
  const auto environment = InjectEnvironment(service->name, preloaded);
  if (!environment) {
    reader.Fail(environment.error().message);
    return;
  }
  for (const auto& [name, value] : *environment) service->environment[name] = value;
}

Service ReadService(const JsonReader& reader, const fs::path& directory) {
  Service service;
  reader.OnlyKeys({"name", "command", "port", "health_check", "environment", "working_directory",
                   "binary", "inject"});
  const JsonReader name = reader.Required("name");
  service.name = name.String();
  if (!IsServiceName(service.name)) {
    name.Fail(
        fmt::format("found \"{}\", expected letters, digits, '_', '-' and '.'", service.name));
  }

  const JsonReader command = reader.Required("command");
  service.command = ReadCommand(command);
  const bool is_shell = command.value().is_string();
  if (!is_shell && !service.command.empty()) {
    std::string& program = service.command[0];
    if (program.find('/') != program.npos) {
      program = Resolve(directory, program);
      service.binary = program;
    }
  }
  if (const auto binary = reader.Optional("binary")) {
    service.binary = Resolve(directory, binary->String());
  }

  const JsonReader port = reader.Required("port");
  const std::int64_t number = port.Int();
  if (number < 1 || number > 65535) port.Fail(fmt::format("found {}, expected 1 to 65535", number));
  service.port = static_cast<int>(number);

  if (const auto health_check = reader.Optional("health_check")) {
    service.health_check = health_check->String();
    if (service.health_check != "tcp" && !service.health_check.starts_with('/')) {
      health_check->Fail(fmt::format(
          "found \"{}\", expected a path that begins with '/', or \"tcp\"", service.health_check));
    }
  }
  if (const auto environment = reader.Optional("environment")) {
    for (const auto& [key, value] : environment->Members()) {
      if (key.empty() || key.find('=') != key.npos) {
        environment->Fail(fmt::format("found \"{}\", expected the name of a variable", key));
      }
      service.environment[key] = value.String();
    }
  }
  if (const auto inject = reader.Optional("inject")) Inject(*inject, &service);
  service.working_directory = directory;
  if (const auto working_directory = reader.Optional("working_directory")) {
    service.working_directory = Resolve(directory, working_directory->String());
  }
  return service;
}

}  // namespace

std::expected<Application, Error> ReadApplication(const fs::path& file) {
  const auto json = ReadJsonFile(file);
  if (!json) return std::unexpected(json.error());
  return ApplicationFromJson(*json, file);
}

std::expected<Application, Error> ApplicationFromJson(const Json& json, const fs::path& file) {
  const JsonReader reader(json, file.string());
  Application application{file, {}};
  reader.OnlyKeys({"schema_version", "services"});
  if (const auto version = reader.Optional("schema_version")) {
    if (version->Int() != kSchemaVersion) {
      version->Fail(fmt::format("found {}, expected {}", version->Int(), kSchemaVersion));
    }
  }
  const fs::path directory = fs::absolute(file).parent_path().lexically_normal();
  const JsonReader services = reader.Required("services");
  std::set<std::string> names;
  std::map<int, std::string> ports;
  for (const JsonReader& item : services.Items()) {
    Service service = ReadService(item, directory);
    if (!names.insert(service.name).second) {
      item.Fail(fmt::format("the name \"{}\" is taken by another service", service.name));
    }
    if (const auto [it, is_new] = ports.emplace(service.port, service.name); !is_new) {
      item.Fail(fmt::format("the port {} is taken by service \"{}\"", service.port, it->second));
    }
    application.services.push_back(std::move(service));
  }
  if (application.services.empty()) services.Fail("found no service, expected at least one");
  if (reader.error()) return std::unexpected(*reader.error());
  return application;
}

}  // namespace filibuster
