"""What the end-to-end tests share: the real programs, on ports of the kernel's choice.

Run by ctest with FILIBUSTER_BUILD_DIR and FILIBUSTER_SOURCE_DIR set. Nothing outlives a test.
"""

import json
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import unittest

BUILD = pathlib.Path(os.environ["FILIBUSTER_BUILD_DIR"])
SOURCE = pathlib.Path(os.environ["FILIBUSTER_SOURCE_DIR"])
TUTORIAL = BUILD / "examples/tutorial"
E2E = SOURCE / "tests/e2e"
PYTHON_BAR = [sys.executable, "-B", str(E2E / "python_bar.py")]
# AddressSanitizer's runtime, to be in front of what is preloaded; else empty.
SANITIZER_RUNTIME = os.environ.get("FILIBUSTER_SANITIZER_RUNTIME", "")

# Generous: a sanitizer build on a loaded machine. A hang fails, it does not pass.
TIMEOUT = 240


class Port:
    """A free port, kept for its owner: bound here but not listening, so that nobody is given it."""

    def __init__(self):
        self.socket = socket.socket()
        self.socket.bind(("127.0.0.1", 0))
        # After bind: whoever sets it too and asks for this very port gets it.
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.number = self.socket.getsockname()[1]

    def close(self):
        self.socket.close()


class E2ETest(unittest.TestCase):
    maxDiff = None

    def setUp(self):
        self.dir = pathlib.Path(tempfile.mkdtemp(prefix="filibuster-e2e-"))
        self.addCleanup(shutil.rmtree, self.dir, ignore_errors=True)

    def port(self):
        port = Port()
        self.addCleanup(port.close)
        return port.number

    def write(self, name, content):
        path = self.dir / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content if isinstance(content, str) else json.dumps(content))
        return path

    def script(self, name, content):
        path = self.write(name, content)
        path.chmod(0o755)
        return path

    def tutorial(self, foo="foo", bar=None, baz=None, **settings):
        """application.json for the tutorial's services on ports of their own, and FOO_URL.

        bar, baz: their command lines; settings: more of the services' environment.
        """
        ports = {name: self.port() for name in ("foo", "bar", "baz")}
        environment = dict(settings)
        for name, port in ports.items():
            environment[name.upper() + "_PORT"] = str(port)
            environment[name.upper() + "_URL"] = "http://127.0.0.1:%d" % port
        commands = {
            "foo": [str(TUTORIAL / "bin" / foo)],
            "bar": bar or [str(TUTORIAL / "bin/bar")],
            "baz": baz or [str(TUTORIAL / "bin/baz")],
        }
        application = {
            "schema_version": 1,
            "services": [
                {
                    "name": name,
                    "command": commands[name],
                    "port": ports[name],
                    "health_check": "/health-check",
                    "environment": environment,
                }
                for name in ("foo", "bar", "baz")
            ],
        }
        self.foo_url = environment["FOO_URL"]
        self.ports = ports
        return self.write("application.json", application)

    def example(self, name, **more):
        """application.json of an example on ports of the test's own, and their urls.

        more: members for each service.
        """
        directory = BUILD / "examples" / name
        application = json.loads((directory / "application.json").read_text())
        self.urls = {}
        ports = {service["port"]: self.port() for service in application["services"]}
        environment = {}
        for service in application["services"]:
            variable = service["name"].upper().replace("-", "_")
            port = ports[service["port"]]
            self.urls[variable + "_URL"] = "http://127.0.0.1:%d" % port
            environment[variable + "_PORT"] = str(port)
        for service in application["services"]:
            own = {key: str(ports.get(int(value), value)) if value.isdigit() else value
                   for key, value in service.get("environment", {}).items()}
            if service.get("inject") == "preload" and SANITIZER_RUNTIME:
                own["LD_PRELOAD"] = SANITIZER_RUNTIME
            service.update(more, port=ports[service["port"]], working_directory=str(directory),
                           environment=dict(environment, **self.urls, **own))
            program = service["command"][0]
            if "/" in program:
                service["command"][0] = str(directory / program)
        return self.write("application.json", application)

    def explore(self, example, functional_test, *arguments, expect, **more):
        """Runs filibuster on an example; returns what it wrote and its report."""
        directory = BUILD / "examples" / example
        run = self.filibuster(
            "--application", self.example(example, **more), "--analysis-file",
            directory / "analysis.json", "--report", "report.json", *arguments,
            functional_test=directory / "bin" / functional_test, environment=self.urls,
            expect=expect)
        return run, self.report()

    def python_analysis(self, *modules):
        """An analysis of PYTHON_BAR's calls, of these modules or of all."""
        analysis = {
            "python.requests": {
                "pattern": "requests\\.(get|put|post|head)",
                "exceptions": [{"name": "requests.exceptions.ConnectionError"}],
            },
            "http": {
                "pattern": "requests\\.get",
                "errors": [{"service_name": "baz",
                            "types": [{"return_value": {"status_code": "503"}}]}],
            },
        }
        return self.write("analysis.json", {name: module for name, module in analysis.items()
                                            if name in modules or not modules})

    def line_of(self, path, text):
        """Where a text is first in a file of examples/, as call sites have it."""
        source = (SOURCE / "examples" / path).read_text()
        self.assertIn(text, source)
        return str(source.split(text)[0].count("\n") + 1)

    def run_tool(self, tool, *arguments, expect=None, cwd=None, environment=None):
        """Runs build/bin/TOOL; returns CompletedProcess with text output (stdout and stderr)."""
        env = dict(
            os.environ, NO_COLOR="1", XDG_CACHE_HOME=str(BUILD / "tests/cache"), **(environment or {})
        )
        env.pop("FILIBUSTER_URL", None)
        if hasattr(self, "foo_url"):
            env["FOO_URL"] = self.foo_url
        process = subprocess.Popen(
            [str(BUILD / "bin" / tool), *map(str, arguments)],
            cwd=cwd or self.dir,
            env=env,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
        )
        try:
            output, _ = process.communicate(timeout=TIMEOUT)
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGABRT)
            output, _ = process.communicate()
            self.fail("%s hangs; its output so far:\n%s" % (tool, output))
        process.output = output
        if expect is not None:
            self.assertEqual(process.returncode, expect, output)
        return process

    def filibuster(self, *arguments, functional_test=None, **kwargs):
        test = functional_test or TUTORIAL / "bin/test_foo_bar_baz"
        return self.run_tool(
            "filibuster", "--port", "0", "--functional-test", test, *arguments, **kwargs
        )

    def report(self, name="report.json"):
        return json.loads((self.dir / name).read_text())


def main():
    unittest.main(argv=[sys.argv[0], "-v"] if len(sys.argv) == 1 else sys.argv)
