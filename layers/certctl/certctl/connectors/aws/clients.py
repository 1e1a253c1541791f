"""boto3 clients with short timeouts. boto3 itself honours AWS_ENDPOINT_URL (the local stack)."""

import threading
from functools import cache
from typing import TYPE_CHECKING, Any

from certctl.connectors.aws.services import SERVICES, Service, ServiceNotShipped

if TYPE_CHECKING:
    from boto3 import Session

_CONNECT_SECONDS = 1
# boto3 makes clients of one session in one thread at a time.
_MAKING = threading.Lock()


def make_client(service: Service, region: str, *, read_seconds: float = 2, attempts: int = 3) -> Any:
    """Costs 30 to 55 ms, 3 from the second on: create each client once. `attempts` includes the first one.

    The result is untyped: callers annotate it with the class of boto3-stubs for `service`. Raises
    ServiceNotShipped.
    """
    if service not in SERVICES:
        raise ServiceNotShipped(service)
    from botocore.config import Config  # imported when needed: API functions that create no client save it

    config = Config(
        connect_timeout=_CONNECT_SECONDS,
        read_timeout=read_seconds,
        retries={"mode": "standard", "total_max_attempts": attempts},
    )
    with _MAKING:
        return _session().client(service, region_name=region, config=config)


@cache
def _session() -> "Session":
    """Shared, because what it has read and compiled once serves every further client."""
    import boto3

    return boto3.Session()
