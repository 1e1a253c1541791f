"""The cost of agents' requests at AWS's list prices in us-east-1, arm64, in dollars (November 2026)."""

from dataclasses import dataclass

from tests.support.template import load_template

_MILLION = 1_000_000
_HTTP_REQUEST = 1.00 / _MILLION
_LAMBDA_REQUEST = 0.20 / _MILLION
_GIBIBYTE_SECOND = 0.0000133334
_WRITE_UNIT = 0.625 / _MILLION
_READ_UNIT = 0.125 / _MILLION
_LOG_BYTE = 0.50 / 1024**3
_BILLED_SECONDS = 0.05
"""The time of an agent's request: four DynamoDB round trips of some 6 ms, and Python. Assumed, not
measured."""
_ACCESS_LOG_BYTES = 500
_PLATFORM_LOG_BYTES = 450
"""START, END and REPORT of an invocation, which SystemLogLevel WARN leaves out."""
MONTH_SECONDS = 30 * 24 * 3600


@dataclass(frozen=True)
class Usage:
    """The use of DynamoDB by a number of requests to the agents' function."""

    requests: float
    write_units: float
    read_units: float

    @property
    def dollars(self) -> float:
        requests = self.requests * _price_of_a_request()
        return requests + self.write_units * _WRITE_UNIT + self.read_units * _READ_UNIT

    def times(self, factor: float) -> "Usage":
        return Usage(self.requests * factor, self.write_units * factor, self.read_units * factor)


def _price_of_a_request() -> float:
    """Without DynamoDB."""
    template = load_template()
    common = template["Globals"]["Function"]
    own = template["Resources"]["AgentsApiFunction"]["Properties"]
    memory = {**common, **own}["MemorySize"] / 1024
    logging = {**common.get("LoggingConfig", {}), **own["LoggingConfig"]}
    logged = _ACCESS_LOG_BYTES + (0 if logging.get("SystemLogLevel") == "WARN" else _PLATFORM_LOG_BYTES)
    duration: float = _BILLED_SECONDS * memory * _GIBIBYTE_SECOND
    return _HTTP_REQUEST + _LAMBDA_REQUEST + duration + logged * _LOG_BYTE
