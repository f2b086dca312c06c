"""A service's program, run under one plan after another (fork_server.cc), and what was seen of it."""

import dataclasses
import os
import signal
import subprocess

TIME_WAS_UP = [f"signal {int(number)}" for number in (signal.SIGALRM, signal.SIGKILL, signal.SIGXCPU)]


@dataclasses.dataclass(frozen=True)
class Call:
    method: str
    url: str
    place: str | None  # "web/web.cc:12": the innermost in the services' directory
    failed: bool
    elsewhere: bool  # in another thread than main()'s


@dataclasses.dataclass
class Seen:
    calls: list
    routes: int | None = None  # None: the service did not come to listen
    status: int | None = None  # None: no answer was given
    escaped: bool = False      # an exception left the request's handler
    too_many: bool = False     # it was ended, for it went on calling
    end: str = ""              # "exit 0", "signal 6"

    @property
    def went_on(self):
        return self.too_many or self.end in TIME_WAS_UP

    @property
    def died(self):
        return not self.went_on and self.end != "exit 0 after all"

    def __str__(self):
        if self.went_on:
            return "it went on for ever"
        if self.died:
            return f"the process ended ({self.end})"
        answer = "it listened" if self.status is None else f"it answered {self.status}"
        return answer + (", the exception having left the handler" if self.escaped else "")


class Places:
    """Addresses of a program => places in its sources."""

    def __init__(self, program, services):
        self.services = str(services) + "/"
        self.known = {}
        self.process = subprocess.Popen(["addr2line", "-e", program], text=True,
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def of_address(self, address):
        if address not in self.known:
            # The address is that of the return: the call stands before it.
            self.process.stdin.write(f"{int(address, 16) - 1:x}\n")
            self.process.stdin.flush()
            file, _, line = self.process.stdout.readline().split()[0].rpartition(":")
            file = os.path.normpath(file)
            inside = file.startswith(self.services)
            self.known[address] = f"{file.removeprefix(self.services)}:{line}" if inside else None
        return self.known[address]

    def innermost(self, addresses):
        return next((place for place in map(self.of_address, addresses) if place), None)

    def close(self):
        self.process.stdin.close()
        self.process.wait()
        self.process.stdout.close()


class ServiceRun:
    def __init__(self, program, services):
        self.places = Places(program, services)
        # What a service asks its surroundings for is there.
        self.process = subprocess.Popen([program, "http://argument"], text=True,
                                        env={"OTHER_URL": "http://variable"},
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self.process.stdin.close()
        self.process.wait()
        self.process.stdout.close()
        self.places.close()

    def run(self, route=-1, flavour=0, occurrence=-1, always=False, fault="none", method="none", url=""):
        self.process.stdin.write(f"{route} {flavour} {occurrence} {int(always)} {fault} {method} {url}\n")
        self.process.stdin.flush()
        seen = Seen([])
        finished = False
        while line := self.process.stdout.readline().strip():
            word, _, rest = line.partition(" ")
            if word == "call":
                method, url, fails, elsewhere, addresses = rest.split("\t")
                place = self.places.innermost(addresses.split())
                seen.calls.append(Call(method, url, place, bool(fails), bool(elsewhere)))
            elif word == "listens":
                seen.routes = int(rest)
            elif word == "throws":
                seen.escaped = True
            elif word == "answers":
                seen.status = int(rest)
            elif word == "finished":
                finished = True
            elif word == "too":
                seen.too_many = True
            else:
                seen.end = line + (" after all" if finished else "")
        return seen
