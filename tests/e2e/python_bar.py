"""The tutorial's bar as a Python service, with an instrumentation of its own.

It speaks the wire protocol with nothing but the standard library, as services under another
implementation's instrumentation do: module "requests", snake-case methods, md5 signatures.

    GET /bar/baz       calls baz and answers "bar baz", or 503 if baz fails
    GET /health-check  {"status": "OK"}

Environment: BAR_PORT, BAZ_URL, FILIBUSTER_URL; BAR_WHEN_BAZ_FAILS: "answer" (default), "crash", "hang",
"stop" (answer, and stop the process a little later), "die" (answer, and die a little later: BAR_DIES_AFTER, in seconds), "wedge"
(answer, and never again).
"""

import hashlib
import http.client
import http.server
import json
import os
import signal
import socketserver
import sys
import threading
import time
import traceback
import urllib.parse

SERVICE = "bar"


class ConnectionError_(Exception):
    name = "requests.exceptions.ConnectionError"


class Timeout(Exception):
    name = "requests.exceptions.Timeout"


EXCEPTIONS = {e.name: e for e in (ConnectionError_, Timeout)}


def http_request(method, url, body=None, headers=None, timeout=None):
    parts = urllib.parse.urlsplit(url)
    connection = http.client.HTTPConnection(parts.hostname, parts.port, timeout=timeout)
    try:
        path = parts.path + ("?" + parts.query if parts.query else "")
        connection.request(method, path, body=body, headers=headers or {})
        response = connection.getresponse()
        return response.status, response.read()
    finally:
        connection.close()


class Filibuster:
    """The client of the control server. Off without FILIBUSTER_URL."""

    def __init__(self, url):
        self.url = url
        self.lock = threading.Lock()
        self.counts = {}

    def message(self, method, path, body=None):
        if not self.url:
            return None
        try:
            status, content = http_request(
                method,
                self.url + path,
                json.dumps(body) if body is not None else None,
                {"Content-Type": "application/json"},
                timeout=10,
            )
        except OSError:
            return None  # nobody is testing: behave as without instrumentation
        return json.loads(content) if status == 200 else None

    def call(self, incoming, method, url, timeout):
        """An instrumented call: (status, body), or one of EXCEPTIONS."""
        fresh = self.message("GET", "/filibuster/new-test-execution/" + SERVICE)
        line = traceback.extract_stack()[-2].lineno
        target = urllib.parse.urlsplit(url)
        arg = "%s%s" % (target.port, target.path)
        signature = hashlib.md5(
            "-".join((__file__.rsplit("/", 1)[-1], str(line), "requests", method, arg)).encode()
        ).hexdigest()
        parent = json.loads(incoming.get("X-Filibuster-Execution-Index") or "[]")
        request_id = incoming.get("X-Filibuster-Request-Id") or ""
        with self.lock:
            if fresh and fresh.get("new-test-execution"):
                self.counts.clear()
            key = (request_id, json.dumps(parent), signature)
            self.counts[key] = self.counts.get(key, 0) + 1
            count = self.counts[key]
        execution_index = json.dumps(parent + [[signature, count]])
        vclock = json.loads(incoming.get("X-Filibuster-VClock") or "{}")
        vclock[SERVICE] = vclock.get(SERVICE, 0) + count
        origin = json.loads(incoming.get("X-Filibuster-Origin-VClock") or "{}")
        answer = self.message(
            "PUT",
            "/filibuster/create",
            {
                "instrumentation_type": "invocation",
                "source_service_name": SERVICE,
                "module": "requests",
                "method": method,
                "args": [arg],
                "kwargs": {},
                "callsite_file": "bar/" + os.path.basename(__file__),
                "callsite_line": str(line),
                "full_traceback": signature,
                "metadata": {"timeout": timeout} if timeout is not None else {},
                "vclock": vclock,
                "origin_vclock": origin,
                "execution_index": execution_index,
            },
        )
        if answer is None:
            return http_request(method.upper(), url, timeout=timeout)

        exception, abort, sleep, status = None, True, 0, None
        if "forced_exception" in answer:
            exception = answer["forced_exception"]["name"]
            metadata = answer["forced_exception"].get("metadata") or {}
            abort = metadata.get("abort", True)
            sleep = metadata.get("sleep", 0)
        elif "failure_metadata" in answer:
            status = int(answer["failure_metadata"]["return_value"]["status_code"])

        body = b""
        raised = None
        if status is None and (exception is None or not abort):
            headers = {
                "X-Filibuster-Generated-Id": str(answer["generated_id"]),
                "X-Filibuster-VClock": json.dumps(vclock),
                "X-Filibuster-Origin-VClock": json.dumps(vclock),
                "X-Filibuster-Execution-Index": execution_index,
                "X-Filibuster-Request-Id": request_id,
            }
            if exception is not None:
                headers["X-Filibuster-Forced-Sleep"] = str(sleep)
            try:
                status, body = http_request(method.upper(), url, headers=headers, timeout=timeout)
            except TimeoutError:
                raised = Timeout()
            except OSError:
                raised = ConnectionError_()
        if exception is not None:
            raised = EXCEPTIONS[exception]()
        update = {
            "instrumentation_type": "invocation_complete",
            "generated_id": answer["generated_id"],
            "execution_index": execution_index,
            "vclock": vclock,
        }
        if raised is not None:
            update["exception"] = {"name": raised.name, "metadata": {}}
        else:
            update["return_value"] = {
                "__class__": "Response",
                "status_code": str(status),
                "text": hashlib.md5(body).hexdigest(),
            }
        self.message("POST", "/filibuster/update", update)
        if raised is not None:
            raise raised
        return status, body

    def received(self, headers):
        if "X-Filibuster-Execution-Index" not in headers:
            return
        self.message(
            "POST",
            "/filibuster/update",
            {
                "instrumentation_type": "request_received",
                "generated_id": str(headers["X-Filibuster-Generated-Id"]),
                "execution_index": headers["X-Filibuster-Execution-Index"],
                "target_service_name": SERVICE,
            },
        )
        time.sleep(float(headers.get("X-Filibuster-Forced-Sleep") or 0))


FILIBUSTER = Filibuster(os.environ.get("FILIBUSTER_URL", ""))
WHEN_BAZ_FAILS = os.environ.get("BAR_WHEN_BAZ_FAILS", "answer")
DIES_AFTER = float(os.environ.get("BAR_DIES_AFTER", "0.01"))
BAZ_URL = os.environ.get("BAZ_URL", "http://127.0.0.1:5002")


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def answer(self, status, body):
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self):
        if self.server.wedged:
            time.sleep(3600)
        if self.path == "/health-check":
            self.answer(200, b'{"status": "OK"}')
        elif self.path == "/bar/baz":
            FILIBUSTER.received(self.headers)
            try:
                status, body = FILIBUSTER.call(self.headers, "get", BAZ_URL + "/baz", timeout=10)
            except (ConnectionError_, Timeout):
                status = 503
            if status == 200:
                return self.answer(200, b"bar " + body)
            if WHEN_BAZ_FAILS == "crash":
                os.abort()
            if WHEN_BAZ_FAILS == "hang":
                time.sleep(3600)
            self.answer(503, b"")
            if WHEN_BAZ_FAILS == "stop":
                self.wfile.flush()
                os.kill(os.getpid(), signal.SIGSTOP)
            if WHEN_BAZ_FAILS == "wedge":
                self.server.wedged = True
            if WHEN_BAZ_FAILS == "die":
                self.wfile.flush()
                threading.Timer(DIES_AFTER, os.abort).start()
        else:
            self.answer(404, b"")


class Server(socketserver.ThreadingMixIn, http.server.HTTPServer):
    daemon_threads = True
    wedged = False


def main():
    server = Server(("127.0.0.1", int(os.environ.get("BAR_PORT", "5001"))), Handler)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    server.serve_forever(poll_interval=0.05)


if __name__ == "__main__":
    main()
