"""Hourly: certificates of the account's own AWS Certificate Manager, each scope once a day. Never reads keys,
and changes nothing there."""

from collections.abc import Mapping
from typing import Any

from certctl.batches import Context, time_left
from certctl.compose.cloud_discovery import CloudDiscovery
from certctl.observability import with_context

services = CloudDiscovery()


@with_context
def lambda_handler(event: Mapping[str, Any], context: Context) -> dict[str, Any]:
    """Raises Unavailable, AccessDenied after the failure is on record."""
    return vars(services.acm.run(lambda: time_left(context)))
