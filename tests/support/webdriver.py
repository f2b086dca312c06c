"""A browser for tests: headless Chromium, driven over the WebDriver protocol by its own driver."""

import json
import os
import re
import subprocess
import time
import urllib.error
import urllib.request

ELEMENT = "element-6066-11e4-a52e-4f735466cecf"


class Browser:
    """One window. Everything that the page logs and requests is kept by the browser."""

    def __init__(self, directory, width=1200, height=900, dark=False):
        self.driver = subprocess.Popen(
            ["chromedriver", "--port=0"], stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            text=True, env=dict(os.environ, HOME=str(directory), TMPDIR=str(directory)))
        self.session = None
        try:
            self.port = self._port()
            arguments = ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
                         "--hide-scrollbars", "--window-size=%d,%d" % (width, height),
                         "--user-data-dir=%s" % (directory / ("dark" if dark else "profile"))]
            answer = self._post("/session", {"capabilities": {"alwaysMatch": {
                "browserName": "chrome",
                "goog:chromeOptions": {"args": arguments},
                "goog:loggingPrefs": {"browser": "ALL", "performance": "ALL"},
            }}})
            self.session = "/session/" + answer["sessionId"]
            self.devtools("Emulation.setEmulatedMedia", features=[
                {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}])
            self.resize(width, height)
        except BaseException:
            self.close()
            raise

    def _port(self):
        for line in self.driver.stdout:
            match = re.search(r"started successfully on port (\d+)", line)
            if match:
                return int(match.group(1))
        raise AssertionError("chromedriver did not start")

    def _post(self, path, body):
        request = urllib.request.Request(
            "http://127.0.0.1:%d%s" % (self.port, path), json.dumps(body).encode(),
            {"Content-Type": "application/json"})
        try:
            with urllib.request.urlopen(request, timeout=120) as response:
                return json.load(response)["value"]
        except urllib.error.HTTPError as error:
            raise AssertionError(json.load(error)["value"]["message"]) from None

    def close(self):
        if self.session:
            request = urllib.request.Request(
                "http://127.0.0.1:%d%s" % (self.port, self.session), method="DELETE")
            with urllib.request.urlopen(request, timeout=60):
                pass
        self.driver.terminate()
        self.driver.wait()
        self.driver.stdout.close()

    def devtools(self, command, **parameters):
        return self._post(self.session + "/goog/cdp/execute", {"cmd": command, "params": parameters})

    def resize(self, width, height):
        self.devtools("Emulation.setDeviceMetricsOverride", width=width, height=height,
                      deviceScaleFactor=1, mobile=False)

    def open(self, url):
        self._post(self.session + "/url", {"url": url})

    def run(self, script, *arguments):
        """The value that the body of a function returns in the page."""
        return self._post(self.session + "/execute/sync", {"script": script, "args": arguments})

    def go_to(self, fragment):
        """Follows a link within the page, as far as to what the page does of it."""
        self._post(self.session + "/execute/async", {"args": [fragment], "script": """
            const [fragment, done] = arguments;
            if (location.hash === fragment) return done();
            addEventListener("hashchange", () => done(), {once: true});
            location.hash = fragment;"""})

    def find(self, selector):
        return self._post(self.session + "/element", {"using": "css selector", "value": selector})[ELEMENT]

    def click(self, selector):
        # The driver takes what is under the sticky navigation for visible.
        self.run("document.querySelector(arguments[0]).scrollIntoView({block: 'center'})", selector)
        self._post("%s/element/%s/click" % (self.session, self.find(selector)), {})

    def type(self, selector, text):
        self._post("%s/element/%s/value" % (self.session, self.find(selector)), {"text": text})

    def press(self, *keys):
        actions = []
        for key in keys:
            actions += [{"type": "keyDown", "value": key}, {"type": "keyUp", "value": key}]
        self._post(self.session + "/actions", {"actions": [{"type": "key", "id": "k", "actions": actions}]})

    def text(self, selector="body"):
        """What is shown there, once it is: what a click leads to may come a moment later."""
        deadline = time.monotonic() + 60
        while True:
            text = self.run("const node = document.querySelector(arguments[0]);"
                            "return node && node.innerText", selector)
            if text is not None:
                return text
            if time.monotonic() > deadline:
                raise AssertionError("nothing matches " + selector)
            time.sleep(0.02)

    def logs(self, kind):
        """New entries of "browser" (the console) or "performance" (what DevTools saw)."""
        return self._post(self.session + "/se/log", {"type": kind})

    def requests(self):
        """The addresses that the page asked for since the last call."""
        messages = [json.loads(entry["message"])["message"] for entry in self.logs("performance")]
        return [message["params"]["request"]["url"] for message in messages
                if message["method"] == "Network.requestWillBeSent"]

    def screenshot(self, path):
        import base64
        height = self.run("return document.documentElement.scrollHeight")
        width = self.run("return document.documentElement.clientWidth")
        shot = self.devtools("Page.captureScreenshot", captureBeyondViewport=True, clip={
            "x": 0, "y": 0, "width": width, "height": height, "scale": 1})
        path.write_bytes(base64.b64decode(shot["data"]))
