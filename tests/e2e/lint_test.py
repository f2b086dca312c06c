"""The findings of filibuster-analysis on the tutorial, as continuous integration would use them."""

import json
import shutil
import subprocess
import unittest

from harness import BUILD, E2E, SOURCE, TIMEOUT, E2ETest

TUTORIAL_SOURCE = SOURCE / "examples/tutorial"
CHECK = "filibuster-unhandled-fault"


class LintTest(E2ETest):
    def setUp(self):
        super().setUp()
        # A copy in a directory that is no repository.
        self.tutorial = self.dir / "tutorial"
        shutil.copytree(TUTORIAL_SOURCE, self.tutorial)
        commands = (BUILD / "compile_commands.json").read_text()
        self.write("tutorial/compile_commands.json",
                   commands.replace(str(TUTORIAL_SOURCE), str(self.tutorial)))

    def analyze(self, *arguments, stdin=""):
        return subprocess.run(
            [BUILD / "bin/filibuster-analysis", "--services-directory", "services", *arguments],
            cwd=self.tutorial, input=stdin, capture_output=True, text=True, timeout=TIMEOUT)

    def fix(self):
        fixed = self.tutorial / "services/foo/foo.cc"
        subprocess.run(["patch", "--silent", fixed, TUTORIAL_SOURCE / "fix.patch"], check=True)

    def line_of_the_bug(self):
        lines = (self.tutorial / "services/foo/foo.cc").read_text().splitlines()
        return 1 + next(i for i, line in enumerate(lines) if "/bar/baz\")" in line and "Get(k" in line)

    def test_the_planted_bug_is_the_only_finding_and_no_failure_by_default(self):
        result = self.analyze("--output-file", "analysis.json")
        self.assertEqual(result.returncode, 0, result.stderr)
        place = f"services/foo/foo.cc:{self.line_of_the_bug()}:"
        self.assertTrue(result.stdout.startswith(place), result.stdout)
        self.assertIn("`httplib::Error::Connection`", result.stdout)
        self.assertTrue(result.stdout.endswith("1 warning generated.\n"), result.stdout)
        self.assertTrue(result.stderr.endswith("[FILIBUSTER] [INFO]: Done.\n"), result.stderr)
        self.assertTrue((self.tutorial / "analysis.json").exists())

    def test_the_fix_is_clean(self):
        self.fix()
        result = self.analyze("--fail-on", "warning")
        self.assertEqual((result.returncode, result.stdout), (0, ""), result.stderr)

    def test_fails_as_asked(self):
        self.assertEqual(self.analyze("--fail-on", "warning").returncode, 1)
        self.assertEqual(self.analyze("--fail-on", "error").returncode, 0)
        (self.tutorial / ".filibuster-analysis").write_text('{"warnings_as_errors": "unhandled-*"}')
        result = self.analyze("--fail-on", "error")
        self.assertEqual(result.returncode, 1)
        self.assertIn("1 error generated.", result.stdout)

    def test_the_version_names_the_llvm_that_it_runs_on(self):
        self.assertRegex(self.analyze("--version").stdout,
                         r"^\d+\.\d+\.\d+ \(LLVM \d+\.\d+\.\d+\)\n$")

    def test_mistakes_are_exit_status_2(self):
        for arguments in (["--checks=-*,unhandled"], ["--format", "xml"], ["--fail-on", "note"],
                          ["--baseline", "none.json"], ["--diff", "HEAD"]):
            result = self.analyze(*arguments)
            self.assertEqual((result.returncode, result.stdout), (2, ""), arguments)

    def test_a_baseline_holds_while_lines_move(self):
        self.assertEqual(self.analyze("--write-baseline", "baseline.json").returncode, 0)
        source = self.tutorial / "services/foo/foo.cc"
        source.write_text("// A line more.\n" + source.read_text())
        result = self.analyze("--baseline", "baseline.json", "--fail-on", "warning")
        self.assertEqual((result.returncode, result.stdout), (0, ""), result.stderr)

    def test_a_diff_on_standard_input_leaves_what_it_changes(self):
        def diff(line):
            return f"--- a/services/foo/foo.cc\n+++ b/services/foo/foo.cc\n@@ -{line} +{line} @@\n-a\n+b\n"
        line = self.line_of_the_bug()
        self.assertEqual(
            self.analyze("--diff", "-", "--fail-on", "warning", stdin=diff(line)).returncode, 1)
        self.assertEqual(
            self.analyze("--diff", "-", "--fail-on", "warning", stdin=diff(line + 1)).returncode, 0)

    def test_writes_several_formats_at_once(self):
        result = self.analyze("--format", "json", "--format", "sarif=out.sarif")
        finding, = json.loads(result.stdout)["findings"]
        log = json.loads((self.tutorial / "out.sarif").read_text())
        sarif, = log["runs"][0]["results"]
        self.assertEqual(finding["file"], "services/foo/foo.cc")
        self.assertEqual(sarif["ruleId"], CHECK)
        self.assertEqual(sarif["partialFingerprints"]["filibusterFinding/v1"],
                         finding["fingerprint"])

    def test_finds_exceptions_that_are_sliced_or_thrown_as_pointers(self):
        (self.tutorial / "compile_commands.json").unlink()
        shutil.rmtree(self.tutorial / "services")
        self.write("tutorial/services/qux/qux.cc", """
struct Failed { virtual ~Failed() {} };
struct TimedOut : Failed {};
int main(int argc, char**) {
  try {
    if (argc > 1) throw TimedOut();
    if (argc > 2) throw new Failed();
  } catch (Failed& e) {
    if (argc > 3) throw;
    throw e;
  }
}
""")
        result = self.analyze("--format", "json", "--checks=-*,sliced-exception,throw-pointer")
        findings = json.loads(result.stdout)["findings"]
        self.assertEqual([(finding["check"], finding["line"]) for finding in findings],
                         [("throw-pointer", 7), ("sliced-exception", 10)], result.stderr)
        self.assertIn("of `Failed` by reference", findings[0]["message"])


class ChecksTest(E2ETest):
    """Each check finds the example of its page and takes its fix, and no other check does."""

    def test_each_check_finds_what_it_is_for_and_nothing_else(self):
        services = self.dir / "services"
        shutil.copytree(E2E / "checks", services)
        result = self.run_tool(
            "filibuster-analysis", "--services-directory", "services", "--no-cache", "--quiet",
            "--extra-arg=-isystem%s" % (SOURCE / "tests/golden/stand_ins"),
            "--format=json=findings.json", expect=0)
        findings = json.loads((self.dir / "findings.json").read_text())["findings"]
        found = sorted((finding["file"], finding["line"], finding["check"]) for finding in findings)
        expected = sorted(
            (str(file.relative_to(self.dir)), line, check)
            for file in services.glob("*/main.cc")
            for line, text in enumerate(file.read_text().splitlines(), 1) if "// finds: " in text
            for check in text.split("// finds: ")[1].split(", "))
        self.assertEqual(found, expected, result.output)
        pages = {page.stem for page in (SOURCE / "docs/checks").glob("*.md")} - {"README"}
        self.assertEqual({check for _, _, check in found}, pages)


if __name__ == "__main__":
    unittest.main()
