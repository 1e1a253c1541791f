"""Calls of the API, as the audit trail records them."""

from dataclasses import dataclass

from certctl.domain.access.principals import Principal

API_CALL = "api"
"""The resource type of an API call."""


@dataclass(frozen=True)
class ApiCall:
    """One request and its response. `caller` is None for unauthenticated requests."""

    method: str
    path: str
    body_sha256: str
    status: int
    latency_ms: int
    source_ip: str
    user_agent: str
    request_id: str
    caller: Principal | None
