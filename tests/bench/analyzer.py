"""What filibuster-analysis costs, beside clang's own parse and clang-tidy on the same files, in one run.

CPU time of the processes and their children, so that other work on the machine counts little. Needs
clang++-19 and clang-tidy-19. FILIBUSTER_BENCH_FILES: how many files (default 100).
"""

import json
import math
import os
import pathlib
import resource
import subprocess
import sys
import tempfile
import time

ANALYSIS = pathlib.Path(os.environ["FILIBUSTER_BUILD_DIR"]) / "bin/filibuster-analysis"
FILES = int(os.environ.get("FILIBUSTER_BENCH_FILES", "100"))
COMPARED = 4  # files that begin with the same includes
ROUNDS = 8
STANDARDS = ("-std=c++17", "-std=c++23")

SOURCE = """#include <httplib.h>

#include <nlohmann/json.hpp>
#include <stdexcept>
#include <string>

namespace {

std::string Ask%(number)d(const std::string& path) {
  httplib::Client client("localhost", %(next_port)d);
  client.set_read_timeout(5, 0);
  const auto result = client.Get(path);
  if (!result) throw std::runtime_error("down");
  if (result->status != 200) return "none";
  return nlohmann::json::parse(result->body).value("name", "nobody");
}

}  // namespace

int main() {
  httplib::Server server;
  server.Get("/name", [](const httplib::Request&, httplib::Response& response) {
    try {
      response.set_content(Ask%(number)d("/name"), "text/plain");
    } catch (const std::runtime_error&) {
      response.status = 503;
    }
  });
  server.listen("0.0.0.0", %(port)d);
}
"""


def measure(command):
    """CPU seconds, seconds, and the largest process in KiB."""
    begin = time.monotonic()
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    process = subprocess.Popen(list(map(str, command)), stdout=subprocess.DEVNULL,
                               stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    elapsed = time.monotonic() - begin
    if process.returncode != 0:
        sys.exit("%s: exit code %d" % (command[0], process.returncode))
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return cpu, elapsed, usage.ru_maxrss


def write_services(root, count, standard=STANDARDS[0]):
    """One file per service; returns the files."""
    files = []
    for number in range(count):
        file = root / ("service%03d" % number) / "main.cc"
        file.parent.mkdir(parents=True)
        file.write_text(SOURCE % {"number": number, "port": 9000 + number,
                                  "next_port": 9001 + number})
        files.append(file)
    commands = [{"directory": str(root), "file": str(file),
                 "command": "clang++ %s -c %s" % (standard, file)} for file in files]
    (root / "compile_commands.json").write_text(json.dumps(commands))
    return files


def analyze(services, *options):
    return measure([ANALYSIS, "--quiet", "--services-directory", services, "--output-file",
                    services.parent / "analysis.json", *options])


def report(what, value, unit, goal, bound):
    met = "" if bound is None else ("  met" if value <= bound else "  MISSED")
    print("%-58s %8.2f %-4s %s%s" % (what, value, unit, goal, met), flush=True)


def compare(root, standard):
    """Returns the CPU seconds of a file by itself.

    One tool after the other, in rounds, and the least of each: what else happens on the machine,
    and in the host below it, only ever adds.
    """
    files = write_services(root / "few", COMPARED, standard)
    file = write_services(root / "alone", 1, standard)[0]
    commands = {
        "alone": lambda: analyze(root / "alone", "--no-cache", "--jobs", 1),
        "together": lambda: analyze(root / "few", "--no-cache", "--jobs", 1),
        "clang": lambda: measure(["clang++-19", "-fsyntax-only", standard, file]),
        "tidy": lambda: measure(["clang-tidy-19", "-checks=-*,bugprone-exception-escape", file,
                                 "--", standard]),
    }
    cpu = dict.fromkeys(commands, math.inf)
    memory = dict.fromkeys(commands, 0)
    for _ in range(ROUNDS):
        for name, run in commands.items():
            seconds, _, largest = run()
            cpu[name] = min(cpu[name], seconds)
            memory[name] = max(memory[name], largest)
    report("a file by itself, cold, %s" % standard, cpu["alone"], "s", "CPU", None)
    report("  of clang++-19 -fsyntax-only", cpu["alone"] / cpu["clang"], "x", "goal 0.50", 0.5)
    report("  of clang-tidy-19 bugprone-exception-escape", cpu["alone"] / cpu["tidy"], "x",
           "goal 0.40", 0.4)
    report("  memory, of clang++-19's", memory["alone"] / memory["clang"], "x", "goal 1.20", 1.2)
    per_file = cpu["together"] / len(files)
    report("each of %d files that begin with the same includes" % len(files), per_file, "s", "CPU",
           None)
    report("  of clang++-19 -fsyntax-only", per_file / cpu["clang"], "x", "goal 0.50", 0.5)
    report("  of clang-tidy-19 bugprone-exception-escape", per_file / cpu["tidy"], "x",
           "goal 0.40", 0.4)
    return cpu["alone"]


def main():
    with tempfile.TemporaryDirectory(prefix="filibuster-bench-") as directory:
        root = pathlib.Path(directory)
        parse = [compare(root / standard, standard) for standard in STANDARDS][0]

        write_services(root / "half", FILES // 2)
        half, _, _ = analyze(root / "half", "--no-cache")
        files = write_services(root / "all", FILES)
        cache = ("--cache-dir", root / "cache")
        whole, _, _ = analyze(root / "all", *cache)
        report("%d files of %d, cold" % (FILES, FILES // 2), whole / half, "x", "goal 2.00", 2.1)
        warm, warm_elapsed, _ = analyze(root / "all", *cache)
        report("%d files, none changed" % FILES, warm, "s", "CPU; goal 0.30", 0.3)
        report("  elapsed", warm_elapsed, "s", "", None)
        files[0].write_text(files[0].read_text() + "// changed\n")
        changed, _, _ = analyze(root / "all", *cache)
        report("%d files, one changed, over its parse" % FILES, changed - parse, "s",
               "CPU; goal 0.30", 0.3)


main()
