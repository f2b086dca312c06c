"""What is installed serves a project outside the tree: programs, find_package, pkg-config."""

import os
import pathlib
import shutil
import subprocess
import tempfile
import unittest

import harness
from harness import BUILD, SOURCE

SANITIZE = os.environ.get("FILIBUSTER_SANITIZE", "")
SANITIZER_RUNTIME = os.environ.get("FILIBUSTER_SANITIZER_RUNTIME", "")
SANITIZER_FLAGS = ["-fsanitize=" + SANITIZE] if SANITIZE else []


def setUpModule():
    global PREFIX
    directory = pathlib.Path(tempfile.mkdtemp(prefix="filibuster-installed-"))
    unittest.addModuleCleanup(shutil.rmtree, directory, ignore_errors=True)
    PREFIX = directory / "prefix"
    subprocess.run(["cmake", "--install", BUILD, "--prefix", PREFIX], check=True,
                   stdout=subprocess.DEVNULL)


class PackageTest(harness.E2ETest):
    def run_command(self, *command, expect=0, cwd=None, **environment):
        env = dict(os.environ, NO_COLOR="1", XDG_CACHE_HOME=str(self.dir / "cache"), **environment)
        env.pop("FILIBUSTER_URL", None)
        run = subprocess.run([str(word) for word in command], cwd=cwd or self.dir, env=env,
                             stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                             timeout=harness.TIMEOUT)
        self.assertEqual(run.returncode, expect, run.stdout)
        return run.stdout

    def configure(self, project, *options, expect=0):
        return self.run_command(
            "cmake", "-G", "Ninja", "-S", project, "-B", project / "build",
            "-DCMAKE_PREFIX_PATH=%s" % PREFIX, "-DCMAKE_CXX_FLAGS=" + " ".join(SANITIZER_FLAGS),
            "-DSHOP_PORT=%d" % self.port(), "-DSTOCK_PORT=%d" % self.port(), *options,
            expect=expect)

    def test_a_project_outside_the_tree_finds_its_bug_and_passes_once_it_is_fixed(self):
        project = self.dir / "outside"
        shutil.copytree(SOURCE / "examples/outside", project)
        self.configure(project)
        build = project / "build"
        self.run_command("cmake", "--build", build)

        findings = self.run_command("cmake", "--build", build, "--target", "analysis")
        self.assertRegex(findings, r"shop\.cc:12:\d+: warning: .*filibuster-unchecked-status")

        failing = self.run_command("ctest", "--test-dir", build, "--output-on-failure", expect=8)
        self.assertRegex(failing, r"failed under: shop -> stock \(shop/shop\.cc:12\): 50\d")
        self.assertIn('shop answered 200 " are in stock"', failing)
        self.assertTrue((build / "filibuster/Page/counterexample.json").exists())
        self.assertRegex(failing, r"--gtest_filter=Page\.IsAlwaysShown/shop_to_stock_50\d_")

        self.run_command("patch", "-p1", "-i", "fix.patch", cwd=project)
        self.run_command("cmake", "--build", build)
        self.run_command("ctest", "--test-dir", build, "--output-on-failure")

    def test_a_component_that_is_not_there_is_an_error_that_names_it(self):
        project = self.dir / "wrong"
        self.write("wrong/CMakeLists.txt", "cmake_minimum_required(VERSION 3.25)\n"
                   "project(wrong LANGUAGES CXX)\n"
                   "find_package(filibuster REQUIRED COMPONENTS smoke-signals)\n")
        output = self.configure(project, expect=1)
        self.assertIn("smoke-signals", output)

    def test_pkg_config_says_how_a_service_is_built(self):
        source = self.write("service.cc", '#include <filibuster/httplib.h>\n'
                            'FILIBUSTER_SERVICE("foo");\n'
                            'int main() {\n'
                            '  return httplib::Client("127.0.0.1", 1).Get("/") ? 1 : 0;\n'
                            '}\n')
        flags = self.run_command("pkg-config", "--cflags", "--libs", "filibuster-httplib",
                                 PKG_CONFIG_PATH=str(PREFIX / "lib/pkgconfig"))
        self.run_command("g++", "-std=c++17", *SANITIZER_FLAGS, source, "-o", "service",
                         *flags.split())
        self.run_command("./service")

    def test_the_installed_programs_find_what_they_load(self):
        output = self.run_command(
            PREFIX / "bin/filibuster-inject", "--service-name", "foo", "--", "sh", "-c",
            "cat /proc/self/maps", LD_PRELOAD=SANITIZER_RUNTIME)
        for library in ("", "-curl", "-grpc", "-httplib", "-poco"):
            self.assertIn(str(PREFIX / ("lib/filibuster/libfilibuster-preload%s.so" % library)),
                          output)
        services = self.dir / "services"
        shutil.copytree(SOURCE / "examples/tutorial", self.dir, dirs_exist_ok=True)
        # Without compile commands: the runtime's headers are found beside the program, too.
        output = self.run_command(PREFIX / "bin/filibuster-analysis", "--services-directory",
                                  services, "--output-file", "analysis.json")
        self.assertIn("services/foo/foo.cc:16:36: warning:", output)


if __name__ == "__main__":
    harness.main()
