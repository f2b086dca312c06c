#include "runtime/application.h"

#include <gtest/gtest.h>

#include "base/file.h"
#include "tests/support/temp_dir.h"

namespace filibuster {
namespace {

std::expected<Application, Error> Read(const std::string& json) {
  return ApplicationFromJson(Json::parse(json), "/app/application.json");
}

std::string ErrorOf(const std::string& services) {
  const auto result = Read(R"({"services": )" + services + "}");
  return result ? "no error" : result.error().message;
}

TEST(ApplicationTest, ReadsAServiceWithPathsRelativeToTheFile) {
  const auto application = Read(R"({"schema_version": 1, "services": [
    {"name": "foo", "command": ["../bin/foo", "--port", "5000"], "port": 5000,
     "health_check": "/health", "environment": {"BAR_URL": "http://127.0.0.1:5001"},
     "working_directory": "data"}]})");
  ASSERT_TRUE(application) << application.error();
  ASSERT_EQ(application->services.size(), 1u);
  const Service& foo = application->services[0];
  EXPECT_EQ(foo.name, "foo");
  EXPECT_EQ(foo.command, (std::vector<std::string>{"/bin/foo", "--port", "5000"}));
  EXPECT_EQ(foo.port, 5000);
  EXPECT_EQ(foo.health_check, "/health");
  EXPECT_EQ(foo.environment,
            (std::map<std::string, std::string>{{"BAR_URL", "http://127.0.0.1:5001"}}));
  EXPECT_EQ(foo.working_directory, "/app/data");
  EXPECT_EQ(foo.binary, "/bin/foo");
}

TEST(ApplicationTest, NeedsNoMoreThanNameCommandAndPort) {
  const auto application = Read(R"({"services": [
    {"name": "foo", "command": "FOO=1 exec bin/foo", "port": 5000},
    {"name": "bar", "command": ["python3", "bar.py"], "port": 5001, "binary": "bin/bar",
     "health_check": "tcp"}]})");
  ASSERT_TRUE(application) << application.error();
  const Service& foo = application->services[0];
  EXPECT_EQ(foo.command, (std::vector<std::string>{"/bin/sh", "-c", "FOO=1 exec bin/foo"}));
  EXPECT_EQ(foo.health_check, "/health-check");
  EXPECT_EQ(foo.working_directory, "/app");
  EXPECT_EQ(foo.binary, "");
  const Service& bar = application->services[1];
  EXPECT_EQ(bar.command[0], "python3");  // looked for on PATH
  EXPECT_EQ(bar.binary, "/app/bin/bar");
  EXPECT_EQ(bar.health_check, "tcp");
}

TEST(ApplicationTest, AServiceToInjectIntoGetsItsNameAndWhatIsPreloadedBehindItsOwn) {
  const auto application = Read(R"({"services": [
    {"name": "foo", "command": ["foo"], "port": 5000, "inject": "preload",
     "environment": {"LD_PRELOAD": "/first.so"}}]})");
  ASSERT_TRUE(application) << application.error();
  const auto& environment = application->services[0].environment;
  EXPECT_EQ(environment.at("FILIBUSTER_SERVICE_NAME"), "foo");
  const std::string& preloaded = environment.at("LD_PRELOAD");
  EXPECT_TRUE(preloaded.starts_with("/first.so:/")) << preloaded;
  EXPECT_TRUE(preloaded.ends_with("/lib/libfilibuster-preload-thrift.so")) << preloaded;
  EXPECT_EQ(ErrorOf(R"([{"name": "foo", "command": ["x"], "port": 1, "inject": "link"}])"),
            R"(/app/application.json: $.services[0].inject: found "link", expected "preload")");
}

TEST(ApplicationTest, NamesTheKeyThatIsWrong) {
  const std::string file = "/app/application.json: ";
  const auto with = [](const std::string& members) {
    return ErrorOf(R"([{"name": "foo", "command": ["x"], "port": 1, )" + members + "}]");
  };
  EXPECT_EQ(ErrorOf("{}"), file + "$.services: found object, expected an array");
  EXPECT_EQ(ErrorOf("[]"), file + "$.services: found no service, expected at least one");
  EXPECT_EQ(ErrorOf(R"([{"command": ["x"], "port": 1}])"),
            file + "$.services[0]: expected the key \"name\"");
  EXPECT_EQ(ErrorOf(R"([{"name": "a/b", "command": ["x"], "port": 1}])"),
            file + "$.services[0].name: found \"a/b\", expected letters, digits, '_', '-' and '.'");
  EXPECT_EQ(ErrorOf(R"([{"name": "foo", "command": [], "port": 1}])"),
            file + "$.services[0].command: the command is empty");
  EXPECT_EQ(
      ErrorOf(R"([{"name": "foo", "command": 5, "port": 1}])"),
      file + "$.services[0].command: expected a list of arguments, or a string for the shell");
  EXPECT_EQ(ErrorOf(R"([{"name": "foo", "command": ["x"], "port": 70000}])"),
            file + "$.services[0].port: found 70000, expected 1 to 65535");
  EXPECT_EQ(with(R"("health_check": "health")"),
            file +
                "$.services[0].health_check: found \"health\", expected a path that begins with "
                "'/', or \"tcp\"");
  EXPECT_EQ(with(R"("environment": {"A": 1})"),
            file + "$.services[0].environment.A: found number, expected a string");
  EXPECT_EQ(with(R"("enviroment": {})").find(file + "$.services[0]: unknown key \"enviroment\""),
            0u);
  EXPECT_EQ(Read(R"({"schema_version": 2, "services": []})").error().message,
            file + "$.schema_version: found 2, expected 1");
}

TEST(ApplicationTest, RefusesTwoServicesOfOneNameOrPort) {
  EXPECT_EQ(ErrorOf(R"([{"name": "foo", "command": ["x"], "port": 1},
                        {"name": "foo", "command": ["x"], "port": 2}])"),
            "/app/application.json: $.services[1]: the name \"foo\" is taken by another service");
  EXPECT_EQ(ErrorOf(R"([{"name": "foo", "command": ["x"], "port": 1},
                        {"name": "bar", "command": ["x"], "port": 1}])"),
            "/app/application.json: $.services[1]: the port 1 is taken by service \"foo\"");
}

TEST(ApplicationTest, NamesTheFileThatCannotBeRead) {
  TempDir dir;
  const auto path = dir.path() / "application.json";
  EXPECT_EQ(ReadApplication(path).error().message,
            path.string() + ": cannot read: No such file or directory");
  ASSERT_TRUE(WriteFile(path, "{\n"));
  EXPECT_EQ(ReadApplication(path).error().message.find(path.string() + ":2:1: not JSON"), 0u);
}

}  // namespace
}  // namespace filibuster
