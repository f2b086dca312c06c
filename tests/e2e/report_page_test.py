"""report.html in a browser: what a person can see and do there, and what the page never does."""

import copy
import json
import os
import pathlib
import shutil
import subprocess
import sys

import harness
from harness import BUILD, SOURCE, TUTORIAL

sys.path.insert(0, str(SOURCE / "tests/support"))
from webdriver import Browser  # noqa: E402

HOSTILE = "<img src=x onerror='hacked=1'></script><script>hacked=1</script>\"&amp;{{{style}}}<!--"
# Words of the format, which decide how a value is shown.
FIXED = {"outcome", "state", "kind", "confirmation", "file", "call_site", "first", "schema_version"}


def poisoned(value, key=""):
    """The value with markup in each of its texts that another could have written."""
    if isinstance(value, dict):
        return {k: poisoned(v, k) for k, v in value.items()}
    if isinstance(value, list):
        return [poisoned(v, key) for v in value]
    return value + HOSTILE if isinstance(value, str) and key not in FIXED else value


def multiplied(report, count):
    """The report with as many executions, each of one of those that it has, and of other faults."""
    report = copy.deepcopy(report)
    few = report["test_executions"]
    report["test_executions"] = []
    for number in range(1, count + 1):
        execution = copy.deepcopy(few[number % len(few)])
        execution["number"] = number
        execution["words"] += " + shop → stock-%d: timeout" % number
        report["test_executions"].append(execution)
    report["skipped"] = report["skipped"] * count
    report["executions"]["run"] = count
    return report


CONTRASTS = """
const parse = (color) => (color.match(/[\\d.]+/g) || []).map(Number);
const light = (color) => parse(color).slice(0, 3).map((v) => v / 255)
  .map((v) => v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
  .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
const ground = (node) => {
  for (; node; node = node.parentElement) {
    const color = getComputedStyle(node).backgroundColor;
    if (parse(color)[3] !== 0) return color;
  }
  return getComputedStyle(document.documentElement).colorScheme === "dark" ? "rgb(0,0,0)" : "rgb(255,255,255)";
};
const bad = [];
for (const node of document.querySelectorAll("p, a, th, td, dt, dd, small, .badge, .line, h1, h2, h3, h4, label, button:not(:disabled), li, summary, pre")) {
  if (!node.textContent.trim() || node.closest("svg, .skip")) continue;
  const [a, b] = [light(getComputedStyle(node).color), light(ground(node))].sort((x, y) => y - x);
  const ratio = (a + 0.05) / (b + 0.05);
  if (ratio < 4.5) bad.push(node.tagName + "." + node.className + " " + ratio.toFixed(2));
}
return bad;
"""

NAMELESS = """
return [...document.querySelectorAll("input, select, button, a, [role=img], [role=region], summary")]
  .filter((node) => {
    const label = node.labels && node.labels[0] ? node.labels[0].textContent : "";
    return !(label || node.getAttribute("aria-label") || node.textContent).trim();
  }).map((node) => node.outerHTML);
"""


class ReportPageTest(harness.E2ETest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.scratch = pathlib.Path(harness.tempfile.mkdtemp(prefix="filibuster-browser-"))
        cls.addClassCleanup(shutil.rmtree, cls.scratch, ignore_errors=True)
        cls.browser = Browser(cls.scratch)
        cls.addClassCleanup(cls.browser.close)

    def setUp(self):
        super().setUp()
        self.browser.resize(1200, 900)
        self.browser.logs("browser")
        self.browser.requests()

    def tearDown(self):
        """Whatever a test did there: the page complained of nothing, and asked for nothing."""
        self.assertEqual([entry["message"] for entry in self.browser.logs("browser")], [])
        strangers = [url for url in self.browser.requests()
                     if not url.startswith(("file://%s/" % self.dir, "data:"))]
        self.assertEqual(strangers, [])
        screenshots = os.environ.get("FILIBUSTER_SCREENSHOTS")
        if screenshots:
            self.browser.screenshot(pathlib.Path(screenshots) / (self._testMethodName + ".png"))

    def run_tutorial(self, *arguments, expect=1, **kwargs):
        self.run_tool("filibuster-analysis", "--services-directory",
                      SOURCE / "examples/tutorial/services", "--output-file", "analysis.json", expect=0)
        self.filibuster("--application", self.tutorial(**kwargs.pop("tutorial", {})), "--analysis-file",
                        "analysis.json", "--services-directory", SOURCE / "examples/tutorial/services",
                        "--report-dir", "out", *arguments, expect=expect, **kwargs)
        self.browser.open("file://%s/out/report.html" % self.dir)

    def render(self, report):
        """Shows a report that no run gave."""
        path = self.write("rendered/report.json", report)
        subprocess.run([BUILD / "bin/render_report", path, path.parent], check=True)
        self.browser.open("file://%s/rendered/report.html" % self.dir)

    def rows(self, table="#executions-table"):
        return self.browser.run(
            "return [...document.querySelectorAll(arguments[0] + ' tbody > tr:not(.detail)')]"
            ".map((row) => row.innerText)", table)

    def test_every_section_is_there_with_the_bug_first(self):
        self.run_tutorial("--keep-going")
        browser = self.browser
        self.assertEqual(
            browser.run("return [...document.querySelectorAll('main h2')].map((h) => h.innerText)"),
            ["Bugs", "Services", "Executions", "Skipped fault sets",
             "Handlers: what the analysis predicts, and what was seen",
             "Sources around call sites and handlers"])
        self.assertIn("failed", browser.text("h1"))
        bug = browser.text("#bugs article")
        self.assertIn("foo → bar: connection error", bug)
        self.assertIn("Seen: foo answered 500 Internal Server Error.", bug)
        self.assertIn("exit code 1", bug)
        self.assertIn("No handler takes httplib::Error::Connection", bug)
        self.assertIn("--counterexample-file counterexample.json", bug)
        self.assertIn("tutorial::Get(kBar", browser.text("#bugs .line.struck"))
        diagram = browser.run(
            "return document.querySelector('#bugs svg[role=img]').getAttribute('aria-label')")
        self.assertRegex(diagram, r"foo to bar: Get \d+/bar/baz \(does not arrive\); "
                                  r"bar to foo: injected: connection error; "
                                  r"foo to functional test: 500 Internal Server Error; ")
        drawn = browser.run("return document.querySelector('.map svg').textContent")
        for text in ("functional test", "foo", "bar", "baz", "a bug", "3 of 3 faults"):
            self.assertIn(text, drawn)
        self.assertRegex(browser.text("#map table"), r"foo → bar\s+bug\s+3 of 4")
        self.assertEqual(len(self.rows()), 7)
        self.assertRegex(browser.text("#skipped .reasons"), r"1\s+shown by other executions")
        self.assertEqual(len(self.rows("#skipped-table")), 1)
        handlers = browser.text("#handlers table")
        self.assertRegex(handlers, r"nothing at foo/foo.cc:16.*escapes: the server answers 500"
                                   r"\s+confirmed 500 \(1×\), failing tests: 1 of 1")
        self.assertRegex(handlers, r"catch at bar/bar.cc:21.*answers 503\s+confirmed 503 \(1×\)")

    def test_a_run_without_bugs_says_so(self):
        self.run_tutorial(expect=0, tutorial={"foo": "foo_fixed"})
        self.assertIn("passed", self.browser.text("h1"))
        self.assertIn("None: the functional test passed", self.browser.text("#bugs"))

    def test_executions_can_be_searched_filtered_sorted_and_opened(self):
        self.run_tutorial("--keep-going")
        browser = self.browser
        browser.type("#executions-table input", "TIMEOUT baz")
        (row,) = self.rows()
        self.assertIn("bar → baz: timeout", row)
        browser.run("document.querySelector('#executions-table input').value = ''")
        browser.type("#executions-table select", "failed")
        (row,) = self.rows()
        self.assertIn("foo → bar: connection error", row)
        self.assertIn("exit code 1; foo answered 500 Internal Server Error", row)
        # A link to an execution that the filter hides shows it all the same.
        browser.go_to("#test-4")
        detail = "#test-4 + tr.detail"
        self.assertEqual(len(self.rows()), 7)
        self.assertIn("What happened", browser.text(detail))
        self.assertEqual(browser.run("return document.activeElement.textContent"),
                         "bar → baz: connection error")
        browser.press("\ue007")  # Enter
        self.assertIsNone(browser.run("return document.querySelector(arguments[0])", detail))
        browser.click("#bugs article a[href='#test-2']")
        self.assertIn("does not hold", browser.text("#test-2 + tr.detail"))
        browser.type("#executions-table label:last-child select", "slowest first")
        times = browser.run("return executions.map((e) => e.ms).sort((a, b) => b - a)")
        self.assertEqual([row.split()[-2] for row in self.rows()], ["%.0f" % time for time in times])

    def test_links_lead_to_the_source(self):
        self.run_tutorial("--keep-going")
        self.browser.click("#handlers a[href^='#s']")
        target = self.browser.run("return document.querySelector(':target').innerText")
        self.assertIn("tutorial::Get(kBar", target)

    def test_what_others_wrote_is_text(self):
        test = self.script("test", "#!/bin/sh\necho \"%s\"\nprintf '\\033[2J\\377\\n'\nexec '%s'\n" % (
            HOSTILE.replace('"', '\\"'), TUTORIAL / "bin/test_foo_bar_baz"))
        self.run_tutorial("--keep-going", functional_test=test)
        self.assertIsNone(self.browser.run("return window.hacked || null"))
        self.browser.click("#bugs summary")
        self.assertIn("</script><script>hacked=1</script>", self.browser.text("#bugs .output"))

        self.render(poisoned(self.report("out/report.json")))
        browser = self.browser
        browser.go_to("#test-2")
        self.assertIsNone(browser.run("return window.hacked || null"))
        self.assertEqual(browser.run("return document.images.length"), 0)
        self.assertEqual(browser.run("return document.scripts.length"), 2)
        self.assertIn(HOSTILE, browser.text("h1"))
        for section in ("#bugs", "#map", "#executions", "#skipped", "#handlers", "#sources"):
            self.assertIn(HOSTILE, browser.text(section), section)
        self.assertIn("<img", browser.run("return document.querySelector('.map svg').textContent"))

    def test_five_thousand_executions_stay_usable(self):
        self.run_tutorial("--keep-going")
        self.render(multiplied(self.report("out/report.json"), 5000))
        browser = self.browser
        self.assertLess((self.dir / "rendered/report.html").stat().st_size, 4_000_000)
        self.assertEqual(len(self.rows()), 50)
        self.assertLess(browser.run("return document.querySelectorAll('*').length"), 2500)
        self.assertIn("1–50 of 5,000", browser.text("#executions-table [role=status]"))
        browser.click("#executions-table .pager button:last-child")
        self.assertIn("51–100 of 5,000", browser.text("#executions-table [role=status]"))
        browser.type("#executions-table input", "stock-4321:")
        (row,) = self.rows()
        self.assertIn("stock-4321: timeout", row)
        # How long the page is busy with one key, at most; whatever else the machine is busy with.
        slowest = [browser.run("""
            const input = document.querySelector("#executions-table input");
            return Math.max(...["", "t", "ti", "zzz", ""].map((text) => {
              const before = performance.now();
              input.value = text;
              input.dispatchEvent(new Event("input", {bubbles: true}));
              document.body.offsetHeight;
              return performance.now() - before;
            }));""") for _ in range(5)]
        self.assertLess(min(slowest), 1000)
        browser.go_to("#test-4444")
        self.assertIn("What happened", browser.text("#test-4444 + tr.detail"))

    def test_it_fits_a_telephone_and_a_wide_screen(self):
        self.run_tutorial("--keep-going")
        for width in (360, 1400):
            self.browser.resize(width, 900)
            self.assertLessEqual(
                self.browser.run("return document.documentElement.scrollWidth"), width)

    def test_it_can_be_read_in_the_light_and_in_the_dark(self):
        self.run_tutorial("--keep-going")
        self.browser.go_to("#test-2")
        grounds = set()
        for scheme in ("light", "dark"):
            self.browser.devtools("Emulation.setEmulatedMedia", features=[
                {"name": "prefers-color-scheme", "value": scheme}])
            grounds.add(self.browser.run("return getComputedStyle(document.body).backgroundColor"))
            self.assertEqual(self.browser.run(CONTRASTS), [], scheme)
        self.assertEqual(len(grounds), 2)

    def test_a_screen_reader_finds_names_and_headings(self):
        self.run_tutorial("--keep-going")
        self.browser.go_to("#test-2")
        self.assertEqual(self.browser.run(NAMELESS), [])
        levels = self.browser.run(
            "return [...document.querySelectorAll('h1, h2, h3, h4')].map((h) => +h.tagName[1])")
        self.assertEqual(levels[0], 1)
        for before, after in zip(levels, levels[1:]):
            self.assertLessEqual(after, before + 1 if before != 2 else 4)
        self.assertEqual(self.browser.run("return document.documentElement.lang"), "en")


if __name__ == "__main__":
    harness.main()
