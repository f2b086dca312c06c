"""The C++ REST SDK, by preload: a chain of three services that nobody has changed."""

import harness
from preloaded_chain import ChainTest

ANALYSIS = {
    "cpp.cpprest": {
        "pattern": "cpprest\\.request",
        "exceptions": [
            {"name": "web::http::http_exception(EHOSTUNREACH)"},
            {"name": "web::http::http_exception(ETIMEDOUT)", "restrictions": "timeout"},
        ],
        "errors": [{"service_name": ".*",
                    "types": [{"return_value": {"status_code": "503"}}]}],
    }
}


class CpprestTest(ChainTest):
    def test_every_fault_of_every_call_in_the_chain_is_injected_and_handled(self):
        # front asks middle twice, which asks back twice for each: six calls with three faults.
        self.check_chain("cpprest_service", ANALYSIS, runs=19)


if __name__ == "__main__":
    harness.main()
