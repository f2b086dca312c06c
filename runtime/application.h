// application.json => Application: the services, and how to run them. Format:
// docs/formats/application.md.
#pragma once

#include <expected>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/json_reader.h"

namespace filibuster {

// Paths are absolute: in the file they are relative to its directory.
struct Service {
  std::string name;
  std::vector<std::string> command;
  int port = 0;
  std::string health_check = "/health-check";  // or "tcp": it is enough that it listens
  std::map<std::string, std::string> environment;
  std::filesystem::path working_directory;
  std::filesystem::path binary;  // for coverage; empty: a shell command, the program is unknown

  friend bool operator==(const Service&, const Service&) = default;
};

struct Application {
  std::filesystem::path file;
  std::vector<Service> services;

  friend bool operator==(const Application&, const Application&) = default;
};

std::expected<Application, Error> ReadApplication(const std::filesystem::path& file);
std::expected<Application, Error> ApplicationFromJson(const Json& json,
                                                      const std::filesystem::path& file);

}  // namespace filibuster
