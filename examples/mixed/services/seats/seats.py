"""GET /best/SHOW answers with the best seat, and what prices says that it costs.

Planted bug: see best_seat().
"""

import http.server
import os
import traceback

import instrumentation

PRICES = os.environ.get("PRICES_URL", "http://127.0.0.1:5162")


class Unavailable(Exception):
    """Answered with 503."""


def best_seat():
    seat = "A1"
    try:
        status, price = instrumentation.get(PRICES + "/price/" + seat, timeout=10)
    # The bug: a TimeoutError is an OSError, as this is, and yet no ConnectionError.
    except ConnectionError as error:
        raise Unavailable() from error
    if status != 200:
        raise Unavailable()
    return "%s for %s" % (seat, price)


class Handler(instrumentation.Handler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def answer(self, status, text=""):
        body = text.encode()
        self.send_response(status)
        self.send_header("Content-Type", "text/plain")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self):
        if self.path == "/health-check":
            self.answer(200, "OK")
            return
        if not self.path.startswith("/best/"):
            self.answer(404)
            return
        try:
            self.answer(200, best_seat())
        except Unavailable:
            self.answer(503)
        except Exception:  # as a framework does
            traceback.print_exc()
            self.answer(500)


if __name__ == "__main__":
    port = int(os.environ.get("SEATS_PORT", "5161"))
    http.server.ThreadingHTTPServer(("127.0.0.1", port), Handler).serve_forever()
