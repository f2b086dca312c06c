"""POCO, by preload: a chain of three services that nobody has changed."""

import harness
from preloaded_chain import ChainTest

ANALYSIS = {
    "cpp.poco": {
        "pattern": "poco\\.GET",
        "exceptions": [
            {"name": "Poco::Net::ConnectionRefusedException"},
            {"name": "Poco::TimeoutException", "restrictions": "timeout"},
            {"name": "Poco::Net::NoMessageException"},
        ],
        "errors": [{"service_name": ".*",
                    "types": [{"return_value": {"status_code": "503"}}]}],
    }
}


class PocoTest(ChainTest):
    def test_every_fault_of_every_call_in_the_chain_is_injected_and_handled(self):
        # Four for each call. When the call to middle fails, that to back is not made.
        self.check_chain("poco_service", ANALYSIS, runs=9)


if __name__ == "__main__":
    harness.main()
