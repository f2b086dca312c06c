"""filibuster on a terminal: what a person sees who watches it."""

import fcntl
import os
import pty
import re
import select
import struct
import subprocess
import termios
import time

import harness
from harness import BUILD, TUTORIAL

ERASE = re.compile(r"\r(?:\x1b\[\d+A)?\x1b\[J")
COLOR = re.compile(r"\x1b\[[0-9;]*m")


class Terminal:
    """A program on a terminal of its own."""

    def __init__(self, test, *arguments, program="filibuster", columns=80, **environment):
        self.test = test
        self.output = ""
        self.master, inner = pty.openpty()
        self.resize(columns)
        env = dict(os.environ, TERM="xterm-256color", FOO_URL=test.foo_url)
        for name in ("NO_COLOR", "FILIBUSTER_URL", "COLUMNS"):
            env.pop(name, None)
        env.update(environment)
        command = [str(BUILD / "bin" / program), "--port", "0", *map(str, arguments)]
        self.process = subprocess.Popen(
            command, cwd=test.dir, env=env, stdin=inner, stdout=inner, stderr=inner,
            start_new_session=True, preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0))
        os.close(inner)
        test.addCleanup(self.close)

    def close(self):
        if self.process.poll() is None:
            self.process.terminate()
        self.process.wait()
        os.close(self.master)

    def resize(self, columns):
        fcntl.ioctl(self.master, termios.TIOCSWINSZ, struct.pack("HHHH", 40, columns, 0, 0))

    def read(self, until=lambda output: False):
        """Until the program has ended, or its output is as wanted; returns the output."""
        deadline = time.monotonic() + harness.TIMEOUT
        while not until(self.output):
            left = deadline - time.monotonic()
            if left <= 0 or not select.select([self.master], [], [], left)[0]:
                self.test.fail("nothing more comes; until now:\n%s" % self.output)
            try:
                data = os.read(self.master, 65536)
            except OSError:  # what Linux says of a terminal that nobody has open any more
                break
            if not data:
                break
            self.output += data.decode(errors="replace")
        return self.output

    def finish(self, expect):
        output = self.read()
        self.test.assertEqual(self.process.wait(), expect, output)
        return output


def drawn(output):
    """The progress lines, as they were drawn one after the other."""
    pieces = ERASE.split(output)
    return [piece for piece in pieces if re.match(r"\d+(/| done)", piece) and "\n" not in piece]


def left_standing(output):
    """What the terminal shows in the end: without what was erased."""
    return "".join(piece.rpartition("\n")[0] + piece.rpartition("\n")[1]
                   for piece in ERASE.split(output)[:-1]) + ERASE.split(output)[-1]


class TerminalTest(harness.E2ETest):
    def start(self, *arguments, foo="foo", functional_test=None, **kwargs):
        application = self.tutorial(foo=foo)
        return Terminal(self, "--functional-test",
                        functional_test or TUTORIAL / "bin/test_foo_bar_baz", "--application",
                        application, *arguments, **kwargs)

    def test_a_failure_is_told_with_its_path_what_was_seen_and_how_to_replay_it(self):
        output = COLOR.sub("", self.start().finish(1)).replace("\r\n", "\n")
        self.assertNotIn("[INFO]", output)
        standing = left_standing(output)
        self.assertIn("FAIL test 11: foo → bar: connection error\n", standing)
        self.assertIn("call path      foo → bar, httplib::Error::Connection", standing)
        self.assertIn("expected       exit code 0\n", standing)
        self.assertIn("seen           foo answered 500 Internal Server Error; exit code 1\n", standing)
        self.assertIn("| does not hold: under a fault, the status is 503 or 404\n", standing)
        self.assertIn("\nfilibuster --functional-test %s --application %s "
                      "--counterexample-file counterexample.json\n"
                      % (TUTORIAL / "bin/test_foo_bar_baz", self.dir / "application.json"),
                      standing)
        self.assertRegex(standing, r"distinct bugs +1\n +foo → bar: connection error: foo answered 500 "
                                   r"Internal Server\n +Error; exit code 1\n")
        self.assertRegex(standing, r"tests run +10 \(1 failed, 9 passed\)\n")
        self.assertRegex(standing, r"tests skipped +1 \(1 shown by other executions\)\n")
        self.assertNotIn(" done", standing)

    def test_the_command_that_replays_does(self):
        output = COLOR.sub("", self.start().finish(1)).replace("\r\n", "\n")
        (command,) = re.findall(r"\nfilibuster (.*)\n", output)
        run = self.run_tool("filibuster", "--port", "0", *command.split(), expect=1)
        self.assertIn("Counterexample reproduced.", run.output)

    def test_a_naive_test_has_one_bug_for_each_answer_that_it_does_not_accept(self):
        output = COLOR.sub("", self.start("--keep-going", columns=120, functional_test=TUTORIAL /
                                          "bin/test_foo_bar_baz_naive").finish(1))
        standing = left_standing(output.replace("\r\n", "\n"))
        self.assertRegex(
            standing, r"distinct bugs +2\n"
            r" +bar → baz: 503 Service Unavailable: foo answered 503 Service Unavailable; exit code 1\n"
            r"( +looks the same: (bar → baz|foo → bar): .*\n){7}"
            r"filibuster .* --counterexample-file counterexample.json\n"
            r" +foo → bar: connection error: foo answered 500 Internal Server Error; exit code 1\n"
            r"filibuster .* --counterexample-file counterexample-2.json\n")
        self.assertEqual(sorted(path.name for path in self.dir.glob("counterexample*")),
                         ["counterexample-2.json", "counterexample.json"])

        # Each failing execution can be replayed, whatever bug it turns out to be of.
        commands = re.findall(r"replay it with\nfilibuster (.*)\n", standing)
        self.assertEqual(len(commands), 9)
        self.assertTrue(commands[4].endswith(" .filibuster/failing/test-6.json"), commands[4])
        run = self.run_tool("filibuster", "--port", "0", *commands[4].split(), expect=1)
        self.assertIn("Counterexample reproduced.", run.output)
        self.assertIn("It saw: foo answered 503 Service Unavailable", run.output)

    def test_progress_fits_the_terminal(self):
        for columns in (80, 40):
            lines = drawn(COLOR.sub("", self.start(foo="foo_fixed", columns=columns).finish(0)))
            self.assertTrue(lines)
            for line in lines:
                self.assertLess(len(line), columns)

    def test_progress_follows_a_terminal_that_is_resized(self):
        # Under faults it waits until we have seen enough.
        waiting = self.script("waiting", "#!/bin/sh\n[ -e begun ] && until [ -e go ]; do sleep 0.05; "
                              "done\ntouch begun\nexec '%s'\n" % (TUTORIAL / "bin/test_foo_bar_baz"))
        terminal = self.start("--baseline-runs", "1", foo="foo_fixed", functional_test=waiting,
                              columns=100)
        wide = terminal.read(until=lambda output: re.search(r"1 done, .* → .*/s", output))
        terminal.resize(30)
        terminal.read(until=lambda output: "\x1b[1A" in output[len(wide):] or
                      "\x1b[2A" in output[len(wide):])
        terminal.read(until=lambda output: ERASE.findall(output[len(wide):])[3:])
        after = ERASE.split(terminal.output[len(wide):])[2:-1]
        self.assertTrue(after)
        for line in after:
            self.assertLess(len(line), 30, line)
        self.write("go", "")
        terminal.finish(0)

    def test_ctrl_c_takes_the_progress_away_and_says_what_ran(self):
        hangs = self.script("hangs", "#!/bin/sh\n[ -e begun ] && exec sleep 600\ntouch begun\n"
                            "exec '%s'\n" % (TUTORIAL / "bin/test_foo_bar_baz"))
        terminal = self.start("--baseline-runs", "1", functional_test=hangs)
        terminal.read(until=lambda output: "1 done" in output)
        os.write(terminal.master, b"\x03")
        standing = left_standing(COLOR.sub("", terminal.finish(130)).replace("\r\n", "\n"))
        self.assertNotIn("1 done", standing)
        self.assertRegex(standing, r"tests run +1 \(1 passed\)\n")
        self.assertIn("Interrupted; test executions until then: 1\n", standing)

    def test_a_dumb_terminal_gets_the_plain_lines(self):
        output = self.start(TERM="dumb", NO_COLOR="1").finish(1)
        self.assertIn("[FILIBUSTER] [INFO]: Running test 11", output)
        self.assertNotIn("\x1b", output)

    def test_verbose_gives_the_plain_lines_and_what_passing_tests_wrote(self):
        output = COLOR.sub("", self.start("--verbose").finish(1))
        self.assertIn("[FILIBUSTER] [INFO]: Running test 11", output)
        self.assertIn('[FILIBUSTER] [INFO]: | foo answered 200 "foo bar baz"', output)
        self.assertEqual(drawn(output), [])

    def test_quiet_draws_nothing(self):
        output = self.start("--quiet", foo="foo_fixed").finish(0)
        self.assertEqual(output, "")

    def test_colours_are_for_those_who_want_them(self):
        self.assertRegex(self.start().finish(1), COLOR)
        self.assertNotRegex(self.start("--color", "never").finish(1), COLOR)
        self.assertNotRegex(self.start(NO_COLOR="1").finish(1), COLOR)
        self.assertRegex(self.start("--color", "always", NO_COLOR="1").finish(1), COLOR)
        application = self.tutorial()
        piped = self.filibuster("--application", application, "--color", "always", expect=1)
        self.assertRegex(piped.output, COLOR)


if __name__ == "__main__":
    harness.main()
