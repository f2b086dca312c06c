"""The commands of examples/ci, in a project and its repository, as those systems would run them."""

import json
import os
import subprocess

import yaml

import harness
from harness import BUILD, SOURCE, TIMEOUT

PROJECT = """cmake_minimum_required(VERSION 3.25)
project(user LANGUAGES CXX)
add_executable(foo services/foo/foo.cc)
target_include_directories(foo SYSTEM PRIVATE %s)
""" % (SOURCE / "tests/golden/stand_ins")

# With a finding that is there today, and room for a new one.
SERVICE = """#include <httplib.h>

#include <stdexcept>
#include <string>

int main() {
  httplib::Server server;
  server.Get("/foo", [](const httplib::Request&, httplib::Response& response) {
    httplib::Client client("localhost", 5001);
    client.set_read_timeout(1);
    auto result = client.Get("/bar");
    response.set_content(result->body, "text/plain");
  });
  server.listen("0.0.0.0", 5000);
}
"""
ADDED = """
std::string Ask() {
  httplib::Client client("localhost", 5002);
  client.set_read_timeout(1);
  auto result = client.Get("/baz");
  if (!result || result->status != 200) throw std::runtime_error("down");
  return result->body;
}

int main() {"""
ROUTE = """  server.Get("/new", [](const httplib::Request&, httplib::Response& response) {
    response.set_content(Ask(), "text/plain");
  });
  server.listen("""


class CiExamplesTest(harness.E2ETest):
    def setUp(self):
        super().setUp()
        self.write("CMakeLists.txt", PROJECT)
        self.write(".gitignore", "build\n")
        self.service = self.write("services/foo/foo.cc", SERVICE)
        self.shell("git init -q && git add . && git commit -q -m Begin")

    def shell(self, command, expect=0, **environment):
        environment = {**os.environ, "PATH": "%s:%s" % (BUILD / "bin", os.environ["PATH"]),
                       "XDG_CACHE_HOME": str(self.dir / "build/cache"),
                       "GIT_AUTHOR_NAME": "a", "GIT_AUTHOR_EMAIL": "a@example.org",
                       "GIT_COMMITTER_NAME": "a", "GIT_COMMITTER_EMAIL": "a@example.org",
                       **environment}
        run = subprocess.run(["bash", "-e", "-c", command], cwd=self.dir, env=environment,
                             capture_output=True, text=True, timeout=TIMEOUT)
        self.assertEqual(run.returncode, expect, command + "\n" + run.stdout + run.stderr)
        return run.stdout

    def example(self, name):
        return yaml.safe_load((SOURCE / "examples/ci" / name).read_text())

    def add_a_fault_that_nobody_handles(self):
        self.service.write_text(SERVICE.replace("\nint main() {", ADDED)
                                .replace("  server.listen(", ROUTE))

    def test_the_github_workflow_fails_on_what_is_new(self):
        steps = self.example("github.yml")["jobs"]["analysis"]["steps"]
        configure, analyze = [step["run"] for step in steps if "run" in step]
        readme = (SOURCE / "examples/ci/README.md").read_text()
        write_baseline, = [line.strip() for line in readme.splitlines() if "--write-baseline" in line]
        self.shell(configure)
        self.shell(write_baseline)
        self.assertEqual(self.shell(analyze), "")
        self.add_a_fault_that_nobody_handles()
        output = self.shell(analyze, expect=1)
        self.assertRegex(output, "^::error file=services/foo/foo.cc,line=9,col=[0-9]+,title="
                                 "filibuster-unhandled-fault::")
        upload, = [step["with"]["sarif_file"] for step in steps if "with" in step]
        result, = json.loads((self.dir / upload).read_text())["runs"][0]["results"]
        self.assertEqual(result["level"], "error")

    def test_the_gitlab_job_fails_on_the_lines_that_a_merge_request_changes(self):
        job = self.example("gitlab.yml")["filibuster-analysis"]
        base = self.shell("git rev-parse HEAD").strip()
        commands = "\n".join(job["script"])
        self.service.write_text("// A service.\n" + SERVICE)
        self.shell("git commit -q -a -m Comment")
        self.assertEqual(self.shell(commands, CI_MERGE_REQUEST_DIFF_BASE_SHA=base).count("warning:"), 0)
        self.add_a_fault_that_nobody_handles()
        self.shell("git commit -q -a -m Add")
        output = self.shell(commands, expect=1, CI_MERGE_REQUEST_DIFF_BASE_SHA=base)
        self.assertEqual(output.count("warning:"), 1, output)
        self.assertIn("[filibuster-unhandled-fault]", output)
        for artifact in job["artifacts"]["paths"]:
            self.assertTrue((self.dir / artifact).exists())

    def test_the_pre_commit_hook_stops_a_commit_that_adds_a_finding(self):
        hook, = self.example("pre-commit-config.yaml")["repos"][0]["hooks"]
        self.assertEqual((hook["language"], hook["pass_filenames"]), ("system", False))
        self.shell("cmake -S . -B build -DCMAKE_EXPORT_COMPILE_COMMANDS=ON")
        self.shell("printf '#!/bin/sh\\nexec %s\\n' > .git/hooks/pre-commit && "
                   "chmod +x .git/hooks/pre-commit" % hook["entry"])
        self.service.write_text("// A service.\n" + SERVICE)
        self.shell("git commit -q -a -m Comment")
        self.add_a_fault_that_nobody_handles()
        self.shell("git commit -q -a -m Add", expect=1)
        self.assertEqual(self.shell("git log --format=%s").split(), ["Comment", "Begin"])

    def test_the_examples_are_short(self):
        for example in (SOURCE / "examples/ci").iterdir():
            self.assertLess(len(example.read_text().splitlines()), 50, example)


if __name__ == "__main__":
    harness.main()
