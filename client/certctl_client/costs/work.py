"""The usage of AWS by each kind of work. Counted: `tests/contract/costs/test_model.py` measures each on the
real functions, and fails if one is off by more than 5 %. The run time of functions cannot be measured without
AWS: a run is assumed to last 20 ms, and 10 ms for each of its requests that waits for another."""

from collections.abc import Mapping

from certctl_client.costs.usage import Usage

ISSUED = Usage(
    http_requests=1,
    runs=2,
    gigabyte_seconds=0.19,
    read_units=8.0,
    write_units=85,
    messages=1,
    signatures=1,
    log_bytes=898,
)
"""A certificate of one name, by the API."""
RENEWED = Usage(
    runs=0.2, gigabyte_seconds=0.085, read_units=7.65, write_units=71, messages=1, signatures=1, log_bytes=41
)
"""One of ten certificates that are due in the same hour."""
REVOKED = Usage(http_requests=1, runs=1, gigabyte_seconds=0.04, read_units=1.5, write_units=31, log_bytes=926)
"""With the rows of two alerts; the CRL is the stack's, whatever the number of revocations."""
ALERT_ROWS = Usage(write_units=5)
DELIVERED = Usage(runs=1, gigabyte_seconds=0.5, write_units=3, messages=1)
"""One attempt: a receiver that takes half a second, on a function of 1 GB."""
API_CALL = Usage(http_requests=1, runs=1, gigabyte_seconds=0.04, read_units=1.5, write_units=2, log_bytes=926)
"""The reading of a certificate."""
ACME_ORDER = Usage(
    http_requests=7,
    runs=8,
    gigabyte_seconds=0.63,
    read_units=33.5,
    write_units=82,
    messages=1,
    signatures=1,
    log_bytes=6_743,
)
"""A renewal by an ACME client whose names need no proof."""
AGENT_MONTH = Usage(
    http_requests=8_760,
    runs=8_760,
    gigabyte_seconds=438,
    read_units=39_420,
    write_units=9_125,
    log_bytes=4_380_000,
)
"""An idle agent, which polls each five minutes."""
ENDPOINT_MONTH = Usage(read_units=980, write_units=53)
"""One of 500 that the public prober looks at hourly, beside the runs, which an idle stack has, too."""

STORED_BY_AN_ISSUE = 15_600
STORED_BY_A_RENEWAL = 10_750
"""Bytes of rows and their entries in indexes; audit records, which are kept for ten years, are most of it."""

IDLE: Mapping[str, float] = {
    "KMS keys": 4.00,
    "alarms": 1.10,
    "custom metrics": 0.90,
    "SQS long polls": 1.31,
    "schedules": 1.06,
    "looks at what is served": 0.10,
    "secrets": 0.40,
}
"""Dollars a month of a stack with a root and a CA."""
ACME_SERVER = 1.46
FURTHER_CA = 1.14
"""Dollars a month that each adds, without any work."""
OPEN_OVERVIEW = Usage(
    http_requests=175_200,
    runs=175_200,
    gigabyte_seconds=11_826,
    read_units=1_058_500,
    write_units=481_800,
    log_bytes=157_300_000,
)
"""A tab alone that stays in sight for a month: the statistics each 30 s, channels and what needs attention
each minute, each with its audit row. `tests/contract/costs/test_dashboards.py` counts it."""
