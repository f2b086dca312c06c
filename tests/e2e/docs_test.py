"""Runs what the README and docs/ tell a reader to run, and holds the output to what they show.

In a fenced block `console`, or an indented one with a line "$ …": "$ " begins a command, which goes on
in the next line after a backslash; what follows is its output, where a line "…" stands for any lines and
"…" within a line for any text. A command may fail: "(exit code N)" ends the output of one that does.
Commands of a page share a directory: the tutorial's, with ports of their own.

    <!-- run: COMMAND -->     runs before the next block, unseen by the reader
    <!-- not run: WHY -->     the next block is not run
    <!-- file: NAME -->       the next block is that file
"""

import os
import re
import shutil
import subprocess
import unittest

import harness

PAGES = [harness.SOURCE / "README.md", *sorted((harness.SOURCE / "docs").rglob("*.md"))]


def blocks(text):
    """(first line's number, lines) of each block that has commands, in order.

    What is hidden is a block too: a command, or ["FILE NAME", line, …].
    """
    lines = text.splitlines()
    skip = False
    i = 0
    while i < len(lines):
        line = lines[i]
        hidden = re.fullmatch(r"<!-- (run|not run): (.*?) -->", line)
        if hidden:
            skip = hidden[1] == "not run"
            if not skip:
                yield i + 1, ["$ " + hidden[2]]
        file = re.fullmatch(r"<!-- file: (.*?) -->", line)
        if file:
            begin = next(j for j in range(i + 1, len(lines)) if lines[j].startswith("```")) + 1
            i = next(j for j in range(begin, len(lines)) if lines[j] == "```")
            yield begin + 1, ["FILE " + file[1], *lines[begin:i]]
        fence = re.fullmatch(r" *```console", line)
        if fence:
            indent = len(line) - len(line.lstrip())
            end = next(j for j in range(i + 1, len(lines)) if lines[j].strip() == "```")
            if not skip:
                yield i + 2, [text[indent:] for text in lines[i + 1 : end]]
            skip = False
            i = end
        elif line.startswith("    $ "):
            end = i
            while end < len(lines) and (lines[end].startswith("    ") or not lines[end].strip()):
                end += 1
            if not skip:
                yield i + 1, [text[4:] for text in lines[i:end]]
            skip = False
            i = end
        i += 1


def commands(number, lines):
    """(line number, command, expected output lines) of a block."""
    found = []
    for offset, line in enumerate(lines):
        if line.startswith("$ "):
            found.append([number + offset, line[2:], []])
        elif found and found[-1][1].endswith("\\") and not found[-1][2]:
            found[-1][1] = found[-1][1][:-1] + line.strip()
        elif found:
            found[-1][2].append(line)
    return found


def fits(shown, line):
    return re.fullmatch(".*".join(map(re.escape, shown.rstrip().split("…"))), line.rstrip())


def missing(expected, output):
    """The first of the expected lines that are not in the output, in order; None if all are."""
    lines = output.splitlines()
    at = 0
    anywhere = False
    for shown in expected:
        if shown.strip() == "…":
            anywhere = True
            continue
        while anywhere and at < len(lines) and not fits(shown, lines[at]):
            at += 1
        if at == len(lines) or not fits(shown, lines[at]):
            return shown
        at += 1
        anywhere = False
    return None


class DocsTest(harness.E2ETest):
    def setUp(self):
        super().setUp()
        self.tutorial()
        source = harness.SOURCE / "examples/tutorial"
        for directory in ("services", "common"):
            shutil.copytree(source / directory, self.dir / directory)
        bin_directory = self.dir / "bin"
        bin_directory.mkdir()
        for program in (harness.TUTORIAL / "bin").iterdir():
            (bin_directory / program.name).symlink_to(program)
        application = self.dir / "application.json"
        application.write_text(application.read_text().replace(str(harness.TUTORIAL / "bin"), "bin"))
        # The tutorial's port for the control server is not free in every test that runs beside this.
        self.script("path/filibuster", '#!/bin/sh\nexec "%s" --port 0 "$@"\n' %
                    (harness.BUILD / "bin/filibuster"))
        self.script("path/filibuster-loadgen", '#!/bin/sh\nLD_PRELOAD="%s" exec "%s" --port 0 "$@"\n' %
                    (harness.SANITIZER_RUNTIME, harness.BUILD / "bin/filibuster-loadgen"))

    def check(self, page):
        environment = dict(
            os.environ,
            FOO_URL=self.foo_url,
            NO_COLOR="1",
            PATH="%s:%s:%s" % (self.dir / "path", harness.BUILD / "bin", os.environ["PATH"]),
            XDG_CACHE_HOME=str(harness.BUILD / "tests/cache"),
        )
        environment.pop("FILIBUSTER_URL", None)
        for number, lines in blocks(page.read_text()):
            if lines[0].startswith("FILE "):
                self.write(lines[0][5:], "\n".join(lines[1:]) + "\n")
                continue
            for line, command, expected in commands(number, lines):
                where = "%s:%d: %s" % (page.relative_to(harness.SOURCE), line, command)
                run = subprocess.run(
                    ["bash", "-c", command], cwd=self.dir, env=environment, text=True,
                    stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                    timeout=harness.TIMEOUT,
                )
                output = run.stdout
                for name, port in zip(("foo", "bar", "baz"), (5000, 5001, 5002)):
                    output = output.replace(str(self.ports[name]), str(port))
                while expected and not expected[-1].strip():
                    expected.pop()
                status = re.fullmatch(r"\(exit code (\d+)\)", expected[-1]) if expected else None
                if status:
                    expected.pop()
                    self.assertEqual(run.returncode, int(status[1]), where + "\n" + output)
                elif not expected or "[FAIL]" not in "".join(expected):
                    self.assertEqual(run.returncode, 0, where + "\n" + output)
                self.assertIsNone(missing(expected, output), where + "\n" + output)


def add_test(page):
    name = re.sub(r"\W", "_", str(page.relative_to(harness.SOURCE)))
    setattr(DocsTest, "test_" + name, lambda self: self.check(page))


for page_with_commands in PAGES:
    if any(blocks(page_with_commands.read_text())):
        add_test(page_with_commands)

if __name__ == "__main__":
    harness.main()
