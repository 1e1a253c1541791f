"""The usage by agents' requests: what each costs beside the units of DynamoDB that were counted."""

from certctl_client.costs.usage import Usage
from tests.support.template import load_template

_BILLED_SECONDS = 0.05
"""The time of an agent's request: four DynamoDB round trips of some 6 ms, and Python. Assumed, not
measured."""
_ACCESS_LOG_BYTES = 500
_PLATFORM_LOG_BYTES = 450
"""START, END and REPORT of an invocation, which SystemLogLevel WARN leaves out."""


def usage_of_requests(requests: int, write_units: float, read_units: float) -> Usage:
    """The usage by requests to the agents' function that together use these units."""
    template = load_template()
    common = template["Globals"]["Function"]
    own = template["Resources"]["AgentsApiFunction"]["Properties"]
    memory = {**common, **own}["MemorySize"] / 1024
    logging = {**common.get("LoggingConfig", {}), **own["LoggingConfig"]}
    logged = _ACCESS_LOG_BYTES + (0 if logging.get("SystemLogLevel") == "WARN" else _PLATFORM_LOG_BYTES)
    return Usage(
        http_requests=requests,
        runs=requests,
        gigabyte_seconds=requests * _BILLED_SECONDS * memory,
        write_units=write_units,
        read_units=read_units,
        log_bytes=requests * logged,
    )
