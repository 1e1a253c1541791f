"""Answers ACME clients (RFC 8555). Has an API of its own, so that a flood here slows no other."""

from collections.abc import Mapping
from typing import Any

from certctl.compose.acme_api import AcmeApi
from certctl.observability import with_context

services = AcmeApi()


@with_context
def lambda_handler(event: Mapping[str, Any], context: object) -> dict[str, Any]:
    """`ANY /acme/{proxy+}`, and every other path."""
    return services.unavailable()
