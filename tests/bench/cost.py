"""What injection costs, as one table: cost.py BUILD-DIRECTORY

A call over loopback to a server in another process: plain, with the injector off (no FILIBUSTER_URL),
with it on and no fault planned, in one test execution and under load (what filibuster-loadgen runs),
and by way of a sidecar proxy, nginx, instead. All in turns, so that they see the same machine; of
the rounds the median. With 64 callers at a time, which is a matter of CPU time alone if the callee
answers at once: so with one that takes its time, too, and with callers that connect for each call,
as those do that make a client where they call (the tutorial's).
And what the control server can take. Nothing else should run on the machine.
"""

import json
import os
import pathlib
import resource
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time

CALLERS = 64
WORK_MS = 20
if len(sys.argv) != 2:
    sys.exit("usage: cost.py BUILD-DIRECTORY")
BIN = pathlib.Path(sys.argv[1]).resolve() / "bin"
SECONDS = os.environ.get("BENCH_SECONDS", "2")  # of one measurement
ROUNDS = int(os.environ.get("BENCH_ROUNDS", "5"))
NGINX = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")

NGINX_CONF = """
daemon off;
master_process off;
pid %(dir)s/pid;
error_log %(dir)s/error.log;
events { worker_connections 1024; }
http {
  access_log off;
  keepalive_requests 1000000000;
  client_body_temp_path %(dir)s/body;
  proxy_temp_path %(dir)s/proxy;
  fastcgi_temp_path %(dir)s/fastcgi;
  scgi_temp_path %(dir)s/scgi;
  uwsgi_temp_path %(dir)s/uwsgi;
  upstream callee { server 127.0.0.1:%(callee)s; keepalive 64; keepalive_requests 1000000000; }
  server {
    listen 127.0.0.1:%(port)d;
    location / {
      proxy_pass http://callee;
      proxy_http_version 1.1;
      proxy_set_header Connection "";
    }
  }
}
"""


class Running:
    """A program that prints one line once it serves, and ends with the block."""

    def __init__(self, *command, url=None, ends_with_input=False):
        self.ends_with_input = ends_with_input
        self.command = list(map(str, command))
        self.environment = {k: v for k, v in os.environ.items() if k != "FILIBUSTER_URL"}
        if url:
            self.environment["FILIBUSTER_URL"] = url

    def __enter__(self):
        self.process = subprocess.Popen(self.command, env=self.environment, text=True,
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        return self.process.stdout.readline().strip()

    def __exit__(self, *_):
        # The control server handles what is left, which is work, too, and says whether it saw calls.
        if not self.ends_with_input:
            self.process.terminate()
        self.process.communicate()
        if self.ends_with_input and self.process.returncode != 0:
            sys.exit("the control server saw no call: nothing was measured")


class Nginx:
    """A proxy to a port, on a port that the kernel chose: bound here until nginx has it, too."""

    def __init__(self, callee):
        self.callee = callee

    def __enter__(self):
        self.directory = tempfile.mkdtemp(prefix="filibuster-bench-")
        self.held = socket.socket()
        self.held.bind(("127.0.0.1", 0))
        self.held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        port = self.held.getsockname()[1]
        conf = pathlib.Path(self.directory, "nginx.conf")
        conf.write_text(NGINX_CONF % {"dir": self.directory, "callee": self.callee, "port": port})
        self.process = subprocess.Popen(
            [NGINX, "-p", self.directory, "-c", str(conf), "-e", self.directory + "/error.log"])
        while True:
            if self.process.poll() is not None:
                sys.exit("nginx does not start:\n" +
                         pathlib.Path(self.directory, "error.log").read_text())
            with socket.socket() as client:
                if client.connect_ex(("127.0.0.1", port)) == 0:
                    return port
            time.sleep(0.02)

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait()
        self.held.close()
        shutil.rmtree(self.directory, ignore_errors=True)


def cpu_seconds():
    """Of all processes that were waited for."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def call(program, how, port, callers, url=None):
    environment = dict(os.environ)
    environment.pop("FILIBUSTER_URL", None)
    if url:
        environment["FILIBUSTER_URL"] = url
    run = subprocess.run([BIN / program, how, str(port), str(callers), SECONDS],
                         env=environment, check=True, capture_output=True, text=True)
    return json.loads(run.stdout)


def plain(how, callers, work_ms):
    with Running(BIN / "call_cost_plain", "serve", work_ms) as port:
        return call("call_cost_plain", how, port, callers)


def injector_off(how, callers, work_ms):
    with Running(BIN / "call_cost_instrumented", "serve", work_ms) as port:
        return call("call_cost_instrumented", how, port, callers)


def injector_on(what):
    def measure(how, callers, work_ms):
        with Running(BIN / "cost_control_server", what, ends_with_input=True) as url:
            with Running(BIN / "call_cost_instrumented", "serve", work_ms, url=url) as port:
                return call("call_cost_instrumented", how, port, callers, url)
    return measure


def by_nginx(how, callers, work_ms):
    with Running(BIN / "call_cost_plain", "serve", work_ms) as callee:
        with Nginx(callee) as port:
            return call("call_cost_plain", how, port, callers)


def messages_per_second():
    run = subprocess.run([BIN / "control_server_bench", "--benchmark_filter=BM_Messages",
                          "--benchmark_format=json"], check=True, capture_output=True, text=True)
    return {benchmark["threads"]: benchmark["items_per_second"]
            for benchmark in json.loads(run.stdout)["benchmarks"]}


def main():
    kinds = {"plain": plain, "injector off": injector_off,
             "injector on": injector_on("execution"),
             "injector on, under load": injector_on("load")}
    if NGINX:
        kinds["plain, by nginx"] = by_nginx
    # How they call, callers at a time, and what the callee takes to answer.
    loads = {"one": ("call", 1, 0), "many": ("call", CALLERS, 0),
             "connect": ("connect", CALLERS, 0), "work": ("call", CALLERS, WORK_MS)}
    results = {(kind, load): [] for kind in kinds for load in loads}
    for _ in range(ROUNDS):
        for load, arguments in loads.items():
            for kind, measure in kinds.items():
                before = cpu_seconds()
                result = measure(*arguments)
                result["cpu_us"] = (cpu_seconds() - before) * 1e6 / result["calls"]
                results[kind, load].append(result)

    def median(kind, load, key):
        return statistics.median(result[key] for result in results[kind, load])

    def rate(kind, load):
        per_second = median(kind, load, "per_second")
        return "%.0f/s (1/%.2f)" % (per_second, median("plain", load, "per_second") / per_second)

    print("| call over loopback | p50 | p99 | added at p50 | CPU time | %d callers (of plain) |"
          " … that connect for each call | … of a callee that takes %d ms |" % (CALLERS, WORK_MS))
    print("|---|---|---|---|---|---|---|---|")
    for kind in kinds:
        p50 = median(kind, "one", "p50_us")
        print("| %s | %.0f µs | %.0f µs | %+.0f µs | %.0f µs | %s | %s | %s |" % (
            kind, p50, median(kind, "one", "p99_us"), p50 - median("plain", "one", "p50_us"),
            median(kind, "many", "cpu_us"), rate(kind, "many"), rate(kind, "connect"),
            rate(kind, "work")))
    if not NGINX:
        print("| plain, by nginx | not measured: nginx is not installed "
              "(tools/setup --with-bench) | | | | | | |")
    print()
    print("Goals: injector on adds at most 300 µs at p50; with 64 callers, at least 1/2 of plain.")
    print("In one test execution a call has three messages besides: it is announced, received and completed.")
    print("Where that time goes is in docs/explanation/cost.md.")
    print()
    print("| control server, clients on the same machine | messages/s |")
    print("|---|---|")
    for clients, rate in sorted(messages_per_second().items()):
        print("| %d clients | %.0f |" % (clients, rate))
    print()
    print("Goal: 20000 messages/s on two cores. This machine has %d." % os.cpu_count())


if __name__ == "__main__":
    main()
