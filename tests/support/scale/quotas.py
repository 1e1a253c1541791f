"""Quotas of AWS as its documentation has them, and limits of the template, that a large stack meets."""

from collections.abc import Callable
from dataclasses import dataclass

from certctl_client.costs.usage import Usage
from tests.support.template import load_template

AS_OF = "2026-12-01"
"""The day on which the pages were read. Quotas differ by account and region: Service Quotas shows yours."""
_GATEWAY = "https://docs.aws.amazon.com/apigateway/latest/developerguide/limits.html"
_DYNAMODB = "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide"


@dataclass(frozen=True)
class Work:
    """One piece of work: its `usage`, the write units in the partition that all such work shares, and those
    in the table that it writes most."""

    usage: Usage
    shared_units: float
    table_units: float


@dataclass(frozen=True)
class Quota:
    """`most` a second (or at once) of what `of` takes from each piece of work."""

    name: str
    most: float
    of: Callable[[Work], float]
    mend: str
    source: str = "template.yaml"

    def rate(self, work: Work) -> float | None:
        """The pieces of this work a second at which it binds, None if the work needs nothing of it."""
        taken = self.of(work)
        return self.most / taken if taken else None


def _default(parameter: str) -> float:
    return float(load_template()["Parameters"][parameter]["Default"])


def _signing(work: Work) -> float:
    """Seconds of workers, on functions of 1 GB; requests of the API are answered by other functions."""
    return work.usage.gigabyte_seconds if work.usage.messages else 0


QUOTAS = (
    Quota(
        "`WorkerConcurrency` of each worker",
        _default("WorkerConcurrency"),
        _signing,
        "raise it, up to 100: `WorkerConcurrency=50`",
    ),
    Quota(
        "`ThrottleRate` of the API",
        _default("ThrottleRate"),
        lambda work: work.usage.http_requests,
        f"raise it, and `ThrottleBurst`; an account has [10,000]({_GATEWAY}) a region, 2,500 in 13 of them",
    ),
    Quota(
        "changes that share rows of counters",
        150,
        lambda work: float(bool(work.shared_units)),
        "nothing: 16 rows take some ten transactions a second each; what conflicts is repeated",
        "docs/limits.md",
    ),
    Quota(
        "DynamoDB, write units of one partition",
        1000,
        lambda work: work.shared_units,
        "nothing: that of the counters, whose busy rows DynamoDB moves apart",
        f"{_DYNAMODB}/bp-partition-key-design.html",
    ),
    Quota(
        "KMS, signatures with ECC keys",
        1000,
        lambda work: work.usage.signatures,
        "request more in Service Quotas; issuing CAs with RSA keys have as many of their own",
        "https://docs.aws.amazon.com/kms/latest/developerguide/requests-per-second.html",
    ),
    Quota(
        "DynamoDB, write units of a new on-demand table",
        4000,
        lambda work: work.table_units,
        "nothing: a table serves twice its last peak at once, and grows further within 30 minutes",
        f"{_DYNAMODB}/on-demand-capacity-mode.html",
    ),
    Quota(
        "Lambda, runs at once",
        1000,
        lambda work: work.usage.gigabyte_seconds,
        "request more (L-B99A9384); new accounts have fewer, often 10: `make deploy` says so",
        "https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html",
    ),
    Quota(
        "DynamoDB, write units of a table",
        40_000,
        lambda work: work.table_units,
        "request more in Service Quotas",
        f"{_DYNAMODB}/ServiceQuotas.html",
    ),
)
