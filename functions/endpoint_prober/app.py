"""Every five minutes: probes the endpoints of the public prober that are due. Reads no secret, signs nothing,
and sends nothing after a handshake. Asks CAs outside the stack, by plain http, whether they have revoked what
is served."""

from collections.abc import Mapping
from typing import Any

from certctl.batches import Context, time_left
from certctl.compose.endpoint_prober import EndpointProber
from certctl.observability import with_context

services = EndpointProber()


@with_context
def lambda_handler(event: Mapping[str, Any], context: Context) -> dict[str, Any]:
    """How many probes changed something, and how many did not. Raises Unavailable."""
    try:
        return dict(services.probes.run(lambda: time_left(context)))
    finally:
        services.end_connections()
