"""The wire protocol for services of Python's standard library: docs/formats/protocol.md.

    instrumentation.get(URL, timeout)   a call: (status, text), or an exception of http.client's
    class Handler(instrumentation.Handler)   a server that knows which call a request is

The service's name is FILIBUSTER_SERVICE_NAME. Nothing happens without FILIBUSTER_URL.
"""

import builtins
import hashlib
import http.client
import http.server
import json
import os
import sys
import threading
import time
import urllib.parse
import uuid

URL = os.environ.get("FILIBUSTER_URL", "")
SERVICE = os.environ.get("FILIBUSTER_SERVICE_NAME", "")

_request = threading.local()  # .caller: the _Parent of what this thread handles
_lock = threading.Lock()
_root = None  # of calls that no instrumented caller caused; guarded by _lock


def _exchange(method, url, body=None, headers=None, timeout=10):
    parts = urllib.parse.urlsplit(url)
    connection = http.client.HTTPConnection(parts.hostname, parts.port, timeout=timeout)
    try:
        connection.request(method, parts.path, body=body, headers=headers or {})
        response = connection.getresponse()
        return response.status, response.read().decode()
    finally:
        connection.close()


def _tell(method, path, message=None):
    """The control server's answer; None: there is none, and the service goes on as without it."""
    headers = {"Content-Type": "application/json"}
    if "FILIBUSTER_TOKEN" in os.environ:
        headers["X-Filibuster-Token"] = os.environ["FILIBUSTER_TOKEN"]
    try:
        body = None if message is None else json.dumps(message)
        status, text = _exchange(method, URL + path, body, headers)
        return json.loads(text) if status == 200 else None
    except (OSError, http.client.HTTPException, ValueError):
        return None


class _Parent:
    """What caused some calls: another call, or the functional test. It counts them."""

    def __init__(self, headers=None):
        def clock(name):
            return json.loads(headers.get(name) or "{}") if headers else {}

        self.index = json.loads(headers.get("X-Filibuster-Execution-Index")) if headers else []
        self.vclock = clock("X-Filibuster-VClock")
        self.origin_vclock = clock("X-Filibuster-Origin-VClock")
        self.request_id = headers.get("X-Filibuster-Request-Id") if headers else uuid.uuid4().hex
        self.counts = {}
        self.lock = threading.Lock()

    def next(self, signature):
        with self.lock:
            self.counts[signature] = self.counts.get(signature, 0) + 1
            self.vclock[SERVICE] = self.vclock.get(SERVICE, 0) + 1
            return self.index + [[signature, self.counts[signature]]], dict(self.vclock)


def _parent():
    caller = getattr(_request, "caller", None)
    if caller is not None:
        return caller
    global _root
    with _lock:
        answer = _tell("GET", "/filibuster/new-test-execution/" + SERVICE)
        if _root is None or (answer or {}).get("new-test-execution"):
            _root = _Parent()
        return _root


def get(url, timeout=None):
    if not URL:
        return _exchange("GET", url, timeout=timeout)
    caller = sys._getframe(1)
    file, line = os.path.basename(caller.f_code.co_filename), str(caller.f_lineno)
    parts = urllib.parse.urlsplit(url)
    target = "%s%s" % (parts.port, parts.path)
    signature = hashlib.md5("\0".join((file, line, "GET", target)).encode()).hexdigest()
    parent = _parent()
    index, vclock = parent.next(signature)
    index = json.dumps(index)
    answer = _tell("PUT", "/filibuster/create", {
        "instrumentation_type": "invocation",
        "source_service_name": SERVICE,
        "module": "http.client",
        "method": "GET",
        "args": [target],
        "kwargs": {},
        "callsite_file": SERVICE + "/" + file,
        "callsite_line": line,
        "full_traceback": signature,
        "metadata": {} if timeout is None else {"timeout": timeout},
        "vclock": vclock,
        "origin_vclock": parent.origin_vclock,
        "execution_index": index,
    })
    if answer is None:
        return _exchange("GET", url, timeout=timeout)

    complete = {
        "instrumentation_type": "invocation_complete",
        "generated_id": answer["generated_id"],
        "execution_index": index,
        "vclock": vclock,
    }
    try:
        status, text = _call_or_fail(url, timeout, answer, {
            "X-Filibuster-Generated-Id": str(answer["generated_id"]),
            "X-Filibuster-VClock": json.dumps(vclock),
            "X-Filibuster-Origin-VClock": json.dumps(vclock),
            "X-Filibuster-Execution-Index": index,
            "X-Filibuster-Request-Id": parent.request_id,
        })
    except (OSError, http.client.HTTPException) as error:
        complete["exception"] = {"name": type(error).__name__, "metadata": {}}
        raise
    else:
        complete["return_value"] = {
            "__class__": "Response",
            "status_code": str(status),
            "text": hashlib.md5(text.encode()).hexdigest(),
        }
        return status, text
    finally:
        _tell("POST", "/filibuster/update", complete)


def _call_or_fail(url, timeout, answer, headers):
    """What the control server plans for this call; else the call."""
    exception = answer.get("forced_exception")
    if exception is None and "failure_metadata" in answer:
        return int(answer["failure_metadata"]["return_value"]["status_code"]), ""
    if exception is not None:
        metadata = exception.get("metadata") or {}
        if not metadata.get("abort", True):
            headers["X-Filibuster-Forced-Sleep"] = str(metadata.get("sleep", 0))
            _exchange("GET", url, headers=headers, timeout=timeout)
        raise getattr(builtins, exception["name"])("injected")
    return _exchange("GET", url, headers=headers, timeout=timeout)


class Handler(http.server.BaseHTTPRequestHandler):
    def parse_request(self):
        _request.caller = None
        if not super().parse_request():
            return False
        if URL and "X-Filibuster-Execution-Index" in self.headers:
            _request.caller = _Parent(self.headers)
            _tell("POST", "/filibuster/update", {
                "instrumentation_type": "request_received",
                "generated_id": self.headers["X-Filibuster-Generated-Id"],
                "execution_index": self.headers["X-Filibuster-Execution-Index"],
                "target_service_name": SERVICE,
            })
            time.sleep(float(self.headers.get("X-Filibuster-Forced-Sleep") or 0))
        return True
