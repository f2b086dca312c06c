"""What is installed serves a project outside the tree: programs, find_package, pkg-config."""

import ast
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import types
import unittest
import unittest.mock

import yaml

import harness
from harness import BUILD, SOURCE

SANITIZE = os.environ.get("FILIBUSTER_SANITIZE", "")
SANITIZER_RUNTIME = os.environ.get("FILIBUSTER_SANITIZER_RUNTIME", "")
TOOLS = sorted(page.stem for page in (BUILD / "tools/documents").glob("filibuster*.1"))
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
        for file in ("counterexample.json", "report/report.html", "report/junit.xml"):
            self.assertTrue((build / "filibuster/Page" / file).exists(), file)
        self.assertRegex(failing, r"--gtest_filter=Page\.IsAlwaysShown/shop_to_stock_50\d_")

        self.run_command("patch", "-p1", "-i", "fix.patch", cwd=project)
        self.run_command("cmake", "--build", build)
        self.run_command("ctest", "--test-dir", build, "--output-on-failure")

    def test_targets_that_are_linked_without_a_keyword_are_instrumented(self):
        project = self.dir / "plain"
        project.mkdir()
        (project / "CMakeLists.txt").write_text("""
            cmake_minimum_required(VERSION 3.25)
            project(plain CXX)
            find_package(filibuster REQUIRED COMPONENTS httplib)
            find_package(Threads REQUIRED)
            add_library(common STATIC common.cc)
            target_link_libraries(common Threads::Threads)
            filibuster_instrument(common)
            add_executable(foo foo.cc)
            target_link_libraries(foo common)
            filibuster_instrument(foo SERVICE foo)
            """)
        (project / "common.cc").write_text("""#include <httplib.h>
            int Ask() { return httplib::Client("127.0.0.1", 1).Get("/") ? 1 : 0; }
            """)
        (project / "foo.cc").write_text("int Ask();\nint main() { return Ask(); }\n")
        self.configure(project)
        self.run_command("cmake", "--build", project / "build")
        self.run_command(project / "build/foo")
        self.assertIn(b"FILIBUSTER_URL", (project / "build/foo").read_bytes())

    def test_the_jobs_for_ci_do_what_they_say(self):
        project = self.dir / "outside"
        shutil.copytree(SOURCE / "examples/outside", project)
        (project / ".gitignore").write_text("build/\n*.sarif\njunit.xml\n")
        git = ("git", "-c", "user.name=A", "-c", "user.email=a@example.org")
        self.run_command("git", "init", "-q", cwd=project)
        self.run_command("git", "add", "-A", cwd=project)
        self.run_command(*git, "commit", "-qm", "Begin", cwd=project)
        # The services are elsewhere than the jobs' own configuration says: this one is kept.
        self.configure(project)
        path = "%s:%s" % (PREFIX / "bin", os.environ["PATH"])

        def run(script, expect):
            return self.run_command("bash", "-e", "-c", script, cwd=project, expect=expect,
                                    PATH=path, CI_MERGE_REQUEST_DIFF_BASE_SHA="HEAD")

        def ci(file):
            return yaml.safe_load((SOURCE / "examples/ci" / file).read_text())

        run("filibuster-analysis --services-directory services -p build "
            "--write-baseline .filibuster-baseline.json", 0)
        jobs = ci("github.yml")["jobs"]
        analysis = [step["run"] for step in jobs["analysis"]["steps"] if "run" in step]
        run("\n".join(analysis), 0)
        self.assertTrue((project / "filibuster.sarif").exists())

        build, test = [step["run"] for step in jobs["test"]["steps"] if "run" in step]
        run(build, 0)
        run(test, 8)
        self.assertIn('<testcase name="Page"', (project / "junit.xml").read_text())
        self.assertIn('failures="2"', (project / "junit.xml").read_text())
        artifacts = jobs["test"]["steps"][-1]["with"]["path"].split()
        kept = {file.name for pattern in artifacts for file in project.glob(pattern)}
        self.assertLessEqual({"junit.xml", "report.html", "report.json", "counterexample.json"},
                             kept)

        gitlab = ci("gitlab.yml")
        for script in gitlab["filibuster-analysis"]["script"]:
            run(script, 0)
        hook = ci("pre-commit-config.yaml")["repos"][0]["hooks"][0]["entry"]
        source = project / "services/shop/shop.cc"
        run(hook, 0)
        # A line of the call is changed, and the finding is the change's.
        source.write_text(source.read_text().replace('Get("/stock");', 'Get("/stock/all");'))
        self.assertIn("filibuster-unchecked-status", run(hook, 1))
        self.run_command("git", "checkout", "-q", ".", cwd=project)
        self.run_command("patch", "-p1", "-i", "fix.patch", cwd=project)
        run("\n".join(gitlab["filibuster-test"]["script"]), 0)

    def test_the_debian_packages_have_what_they_need_and_run_from_where_they_are_unpacked(self):
        self.run_command("cpack", "--config", BUILD / "CPackConfig.cmake", "-B", self.dir / "deb")
        packages = {path.name.split("_")[0]: path for path in (self.dir / "deb").glob("*.deb")}
        self.assertEqual(sorted(packages), ["filibuster-cpp", "libfilibuster-dev"])
        depends = self.run_command("dpkg-deb", "-f", packages["filibuster-cpp"], "Depends")
        for library in ("libc6", "libfmt9", "libcpp-httplib0.11", "libclang-common-"):
            self.assertIn(library, depends)
        # Nothing of what is only preloaded into services that have it. What finds the C++ REST SDK, POCO
        # and Thrift in plugins (loaded_hooks.h) is linked with them.
        for library in ("libcurl", "libgrpc"):
            self.assertNotIn(library, depends)
        root = self.dir / "root"
        for package in packages.values():
            self.run_command("dpkg-deb", "-x", package, root)
        for file in ("bin/filibuster", "share/man/man1/filibuster.1",
                     "share/bash-completion/completions/filibuster-analysis",
                     "share/zsh/vendor-completions/_filibuster",
                     "share/doc/filibuster-cpp/copyright", "include/filibuster/gtest.h",
                     "lib/libfilibuster_gtest.a", "lib/cmake/filibuster/filibuster-config.cmake"):
            self.assertTrue((root / "usr" / file).exists(), file)
        for tool in TOOLS:
            self.run_command(root / "usr/bin" / tool, "--version")
        self.run_command(root / "usr/bin/filibuster-inject", "--service-name", "foo", "--", "true",
                         LD_PRELOAD=SANITIZER_RUNTIME)
        flags = self.run_command("pkg-config", "--cflags", "filibuster-runtime",
                                 PKG_CONFIG_PATH=str(root / "usr/lib/pkgconfig"))
        directory = pathlib.Path(flags.strip().removeprefix("-I")).resolve()
        self.assertEqual(directory, root / "usr/include")

    def test_man_pages_and_completions_have_every_option(self):
        share = PREFIX / "share"
        for tool in TOOLS:
            help_text = self.run_command(PREFIX / "bin" / tool, "--help")
            options = set(re.findall(r"^ +(?:-\w,)?(--[\w-]+)", help_text, re.MULTILINE))
            self.assertIn("--help", options)
            page = share / "man/man1" / (tool + ".1")
            bash = share / "bash-completion/completions" / tool
            zsh = share / "zsh/vendor-completions" / ("_" + tool)
            for option in options:
                self.assertIn("\\fB" + option.replace("-", "\\-") + "\\fR", page.read_text())
                self.assertIn("'%s[" % option, zsh.read_text())
                self.assertIn(option, self.complete(bash, tool, option))
            warnings = subprocess.run(["man", "--warnings", "-l", page], capture_output=True,
                                      text=True, env=dict(os.environ, LC_ALL="C.UTF-8"))
            self.assertEqual((warnings.returncode, warnings.stderr), (0, ""))
            self.assertEqual(self.run_command("zsh", "-n", zsh), "")
        bash = share / "bash-completion/completions/filibuster"
        self.assertEqual(self.complete(bash, "filibuster", "--reduction", "so"), ["sound"])
        self.assertEqual(self.complete(bash, "filibuster", "--application", ""), [])
        bash = share / "bash-completion/completions/filibuster-services"
        self.assertEqual(self.complete(bash, "filibuster-services", "st"),
                         ["start", "stop", "status"])

    def test_the_conan_recipe_knows_its_packages_where_conan_runs_it(self):
        # Conan, which Debian has not: a recipe and what it exports go to the cache, and run there.
        installed = []
        modules = {name: types.ModuleType(name) for name in (
            "conan", "conan.tools.cmake", "conan.tools.files", "conan.tools.system.package_manager")}

        def copy(_, pattern, src, dst):
            for path in pathlib.Path(src).glob(pattern):
                shutil.copy(path, dst)

        modules["conan"].ConanFile = type("ConanFile", (), {})
        for name in ("CMake", "CMakeToolchain", "cmake_layout"):
            setattr(modules["conan.tools.cmake"], name, None)
        modules["conan.tools.files"].copy = copy
        modules["conan.tools.system.package_manager"].Apt = lambda recipe: types.SimpleNamespace(
            install=installed.extend)
        names = {}
        with unittest.mock.patch.dict(sys.modules, modules):
            exec((SOURCE / "packaging/conan/conanfile.py").read_text(), names)
        recipe = names["FilibusterConan"]()
        cache = self.dir / "cache"
        cache.mkdir()
        for recipe.recipe_folder in (SOURCE / "packaging/conan", cache):
            recipe.export_folder = cache
            if recipe.recipe_folder != cache:
                recipe.export()
            installed.clear()
            recipe.system_requirements()
            self.assertEqual(installed, self.run_command(SOURCE / "tools/setup", "--list").split())

    def test_the_recipes_for_conan_and_vcpkg_are_of_this_version_and_name_files_that_are_there(self):
        version = re.search(r"project\(filibuster VERSION (\S+)",
                            (SOURCE / "CMakeLists.txt").read_text())[1]
        recipe = SOURCE / "packaging/conan/conanfile.py"
        fields = {node.targets[0].id: node.value
                  for node in ast.walk(ast.parse(recipe.read_text()))
                  if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name)}
        self.assertEqual(ast.literal_eval(fields["version"]), version)
        port = SOURCE / "packaging/vcpkg/filibuster"
        self.assertEqual(json.loads((port / "vcpkg.json").read_text())["version"], version)
        portfile = (port / "portfile.cmake").read_text()
        source = port / re.search(r"CMAKE_CURRENT_LIST_DIR}/([./]+)", portfile)[1]
        self.assertTrue((source / "LICENSE").exists())
        config = re.search(r"CONFIG_PATH (\S+)\)", portfile)[1]
        self.assertTrue((PREFIX / config / "filibuster-config.cmake").exists())

    def complete(self, script, tool, *words):
        """What bash offers for the last word."""
        function = "_" + tool.replace("-", "_")
        return self.run_command(
            "bash", "-c", '. "$0"; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); %s; '
            'printf "%%s\\n" "${COMPREPLY[@]}"' % function, script, tool, *words).split()

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
        for library in ("", "-curl", "-grpc", "-httplib", "-poco", "-thrift"):
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
