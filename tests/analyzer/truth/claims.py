"""What analysis.json claims of a call and a fault, held against what was seen of a run."""

import re


def matches(url, pattern):
    """Whether the analysis's URL, with {} for what is not known, can be the one that was called."""
    if pattern is None:
        return True
    parts = [re.escape(part) for part in pattern.split("{}")]
    return re.fullmatch(".*".join(parts), url) is not None


class Claims:
    def __init__(self, analysis):
        self.sites = [site for module in analysis.values() for site in module.get("call_sites", [])]
        self.errors = {}
        for module in analysis.values():
            for error in module.get("errors", []):
                known = {kind["return_value"]["status_code"] for kind in error["types"]
                         if "return_value" in kind}
                open_ended = any("unresolved" in source for source in error.get("sources", []))
                self.errors[error["service_name"]] = None if open_ended else known

    def of_call(self, call):
        """The call sites that this call may be."""
        sites = [site for site in self.sites
                 if site["method"] == call.method and matches(call.url, site["target"].get("url"))]
        if call.place is None:  # a helper's, in a thread that the service does not start itself
            return [site for site in sites if "via" in site]
        file, _, line = call.place.partition(":")
        sites = [site for site in sites if site["file"] == file and site["line"] <= int(line)]
        # Of a call that stands on several lines, g++ gives the last.
        nearest = max((site["line"] for site in sites), default=None)
        return [site for site in sites if site["line"] == nearest]

    def allows_status(self, service, status):
        known = self.errors.get(service)
        return known is None or status < 400 or str(status) in known


def after_the_fault(seen):
    """The calls that were made behind the first that failed."""
    first = next(number for number, call in enumerate(seen.calls) if call.failed)
    return seen.calls[first], seen.calls[first + 1:]


def differs(outcome, seen, seen_always):
    """Why a claimed outcome is not what was seen, or None."""
    if "unknown" in outcome:
        return None
    if outcome.get("retries"):
        return differs_in_retries(outcome, seen, seen_always)
    if outcome.get("terminates"):
        return None if seen.died else str(seen)
    if seen.died or seen.went_on:
        return str(seen)
    if "calls_depend_on" not in outcome and (why := differs_in_calls(outcome, seen)):
        return why
    if outcome.get("escapes"):
        right = seen.escaped and str(seen.status) == outcome["status_code"]
    elif outcome.get("continues"):
        right = not seen.escaped and (seen.status is None or seen.status < 400)
    else:
        right = str(seen.status) == outcome["status_code"]
    return None if right else str(seen)


def differs_in_calls(outcome, seen):
    # Nor does the analysis tell how often the call itself is made again.
    failed, made = after_the_fault(seen)
    made = [call for call in made if (call.place, call.url) != (failed.place, failed.url)]
    claimed = [call for call in outcome.get("calls", []) if not agrees(call, failed)]
    if any(call.elsewhere for call in seen.calls):  # in what order is not known
        if all(any(agrees(call, other) for other in seen.calls) for call in claimed):
            return None
    if len(claimed) == len(made) and all(agrees(*pair) for pair in zip(claimed, made)):
        return None
    return "it made these calls then: " + (", ".join(f"{call.place} {call.url}" for call in made) or "none")


def agrees(claimed, call):
    place, _, url = claimed.partition(" ")
    return place.rpartition(":")[0] == call.place and matches(call.url, url or None)


def differs_in_retries(outcome, seen, seen_always):
    failed, made = after_the_fault(seen)
    if not any(call.place == failed.place for call in made):
        return "the call was not made again"
    attempts = sum(call.failed for call in seen_always.calls)
    if outcome.get("unbounded") and not seen_always.too_many:
        return f"{attempts} attempts were made"
    if "attempts" in outcome and attempts != outcome["attempts"]:
        return f"{attempts} attempts were made"
    return None
