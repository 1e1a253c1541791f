"""Records API calls in the audit trail, refusals included (docs/audit.md#what-is-recorded)."""

from collections.abc import Callable
from datetime import datetime
from ipaddress import IPv6Address, ip_address
from typing import Any

from certctl.domain.access.permissions import ALL_TEAMS
from certctl.domain.access.principals import Principal
from certctl.domain.audit.calls import API_CALL, ApiCall
from certctl.domain.audit.events import Actor, AuditEvent
from certctl.domain.ids import new_id
from certctl.store.audit.events import AuditStore
from certctl.store.quotas import QuotaStore

ANONYMOUS = Actor("anonymous")
SAMPLES_PER_SOURCE = 100
SAMPLES_PER_PROCESS = 300
_TEXT_LIMIT = 512


class ApiCallAudit:
    def __init__(self, store: AuditStore, samples: QuotaStore, now: Callable[[], datetime]) -> None:
        self._store = store
        self._samples = samples
        self._now = now
        self._hour = ""
        self._refused_sources: set[str] = set()
        self._sampled = 0

    def record(self, call: ApiCall) -> None:
        """Refusals of unauthenticated callers are recorded up to a limit per source and hour."""
        now = self._now()
        if call.caller is None and not self._may_sample(call.source_ip, now):
            return
        self._store.append(_call_event(call, now))

    def _may_sample(self, source_ip: str, now: datetime) -> bool:
        """The process remembers which sources have reached their limit, so that a flood soon costs no call at
        all."""
        source = network_of(source_ip)
        self._start_hour(f"{now:%Y-%m-%dT%H}")
        if self._sampled >= SAMPLES_PER_PROCESS or source in self._refused_sources:
            return False
        self._sampled += 1
        if self._samples.take(source, SAMPLES_PER_SOURCE, now):
            return True
        self._refused_sources.add(source)
        return False

    def _start_hour(self, hour: str) -> None:
        if hour != self._hour:
            self._hour, self._sampled = hour, 0
            self._refused_sources.clear()


def _call_event(call: ApiCall, now: datetime) -> AuditEvent:
    return AuditEvent(
        id=new_id("aud", now),
        actor=call.caller.actor if call.caller else ANONYMOUS,
        action=f"api_{call.method.lower()}",
        resource_type=API_CALL,
        resource_id=call.path[:_TEXT_LIMIT],
        timestamp=now,
        team_id=_one_team(call.caller),
        details=_call_details(call),
    )


def _call_details(call: ApiCall) -> dict[str, Any]:
    return {
        "method": call.method,
        "path": call.path[:_TEXT_LIMIT],
        "body_hash": call.body_sha256,
        "status": call.status,
        "latency_ms": call.latency_ms,
        "role": call.caller.role.value if call.caller else None,
        "source_ip": call.source_ip,
        "user_agent": call.user_agent[:_TEXT_LIMIT],
        "request_id": call.request_id,
    }


def _one_team(caller: Principal | None) -> str | None:
    """The team whose operators can see the call; none if the key reaches several."""
    teams = {team for grant in caller.grants for team in grant.teams} if caller else set()
    return next(iter(teams)) if len(teams) == 1 and ALL_TEAMS not in teams else None


def network_of(source_ip: str) -> str:
    """One subscriber: an IPv4 address, or an IPv6 /64."""
    try:
        address = ip_address(source_ip)
    except ValueError:
        return "unknown"
    if isinstance(address, IPv6Address):
        return f"{IPv6Address(int(address) >> 64 << 64)}/64"
    return str(address)
