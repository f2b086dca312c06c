"""A service in the chain that is not instrumented: foo -> proxy -> bar -> baz."""

import json
import sys

import harness

# Forwards GET requests to the URL of argv[2], with all of their headers or ("drop") with none.
PROXY = """
import http.server, sys, urllib.error, urllib.request

class Proxy(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        request = urllib.request.Request(sys.argv[2] + self.path)
        if sys.argv[3] == "forward":
            for name, value in self.headers.items():
                if name.lower() not in ("host", "connection"):
                    request.add_header(name, value)
        try:
            answer = urllib.request.urlopen(request)
        except urllib.error.HTTPError as error:
            answer = error
        body = answer.read()
        self.send_response(answer.status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *arguments):
        pass

http.server.ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Proxy).serve_forever()
"""


class BrokenChainTest(harness.E2ETest):
    def explore(self, headers):
        application = json.loads(self.tutorial(foo="foo_fixed").read_text())
        proxy = self.port()
        command = [sys.executable, str(self.write("proxy.py", PROXY)), str(proxy),
                   "http://127.0.0.1:%d" % self.ports["bar"], headers]
        foo = next(service for service in application["services"] if service["name"] == "foo")
        foo["environment"] = dict(foo["environment"], BAR_URL="http://127.0.0.1:%d" % proxy)
        application["services"].append({"name": "proxy", "command": command, "port": proxy,
                                        "health_check": "/health-check"})
        self.proxy = proxy
        return self.filibuster("--application", self.write("application.json", application),
                               "--report", "report.json", "--only-initial-execution", expect=0)

    def indexes(self):
        (execution,) = self.report()["test_executions"]
        return [json.loads(call["execution_index"]) for call in execution["calls"]]

    def test_headers_that_a_proxy_forwards_lead_through_it(self):
        run = self.explore("forward")
        first, second = self.indexes()
        self.assertEqual(second[:-1], first)
        self.assertNotIn("headers were not passed on", run.output)
        (execution,) = self.report()["test_executions"]
        self.assertEqual([call["target_service"] for call in execution["calls"]], ["bar", "baz"])

    def test_where_they_are_lost_is_told(self):
        run = self.explore("drop")
        first, second = self.indexes()
        self.assertEqual([len(first), len(second)], [1, 1])
        self.assertIn("bar -> %d/baz (common/http_client.cc:12): counts as the functional test's "
                      "own, though it was made during foo -> %d/bar/baz (common/http_client.cc:12)"
                      % (self.ports["baz"], self.proxy), run.output)
        self.assertTrue(any("headers were not passed on" in warning
                            for warning in self.report()["warnings"]))


if __name__ == "__main__":
    harness.main()
