"""How many functions an account may run at once: new accounts have 10, for all that is in them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from botocore.exceptions import ClientError

from deploy.target import Target

# Mappings, schedules and a page of the dashboard at once, with room for the account's other functions.
NEEDED = 100
ADVISED = 1000
QUOTA = "L-B99A9384"
# What Lambda leaves to functions without a reservation.
_UNRESERVED = 100
_OF_OCSP = "50"
_SLOW_OCSP = "20"
_RATE, _RESERVED = "OcspThrottleRate", "OcspConcurrency"


@dataclass(frozen=True)
class Concurrency:
    """The concurrency of the account in one region. `unreserved`: what no function has for itself."""

    limit: int
    unreserved: int


def concurrency_of(target: Target) -> Concurrency:
    """Raises ClientError if that may not be read."""
    found = target.session.client("lambda").get_account_settings()["AccountLimit"]
    return Concurrency(found["ConcurrentExecutions"], found["UnreservedConcurrentExecutions"])


def ocsp_values(
    account: Concurrency, given: Mapping[str, str], deployed: Mapping[str, str]
) -> dict[str, str]:
    """Values for those of the two parameters that the operator's file (`given`) does not have: anyone may ask
    for OCSP, so its answers get a share of their own, or a rate that leaves the rest to run."""
    own = int(deployed.get(_RESERVED, "0"))
    if account.limit < NEEDED:
        chosen = {_RATE: _SLOW_OCSP}
    elif account.unreserved + own - int(_OF_OCSP) >= _UNRESERVED:
        chosen = {_RESERVED: _OF_OCSP}
    else:
        chosen = {}
    return {name: value for name, value in chosen.items() if name not in given}


def ocsp_news(account: Concurrency, chosen: Mapping[str, str]) -> Iterator[str]:
    if _RATE in chosen:
        yield f"{_RATE}={chosen[_RATE]}: OCSP is open to anyone, and this account runs {account.limit}"
        yield f"  functions at a time. {_RATE} in the parameters file decides otherwise"
    if _RESERVED in chosen:
        yield f"{_RESERVED}={chosen[_RESERVED]}: so many executions are for OCSP answers, which take no more"


def concurrency_warning(target: Target) -> Iterator[str]:
    """Does nothing if it suffices."""
    try:
        limit = concurrency_of(target).limit
    except ClientError as refusal:
        yield f"warning: the account's Lambda concurrency was not read: {refusal}"
        return
    if limit >= NEEDED:
        return
    yield f"warning: this account runs {limit} functions at a time in {target.region}. Under load"
    yield "  the API answers 503, and work waits. Set WorkerConcurrency=2 until it is more, and ask for"
    yield f"  {ADVISED} (quota {QUOTA}, it costs nothing):"
    yield (
        "  aws service-quotas request-service-quota-increase --service-code lambda "
        f"--quota-code {QUOTA} --desired-value {ADVISED} --region {target.region}"
    )
