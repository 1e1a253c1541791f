"""Agents: their heartbeats, registration, and silence."""

import hashlib
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from certctl.domain.agents.consents import Consent, forbidden_of
from certctl.domain.agents.crl_reports import CrlReport
from certctl.domain.agents.polls import POLL_WITH_WORK
from certctl.domain.catalog.entries import AnyEntry
from certctl.domain.catalog.record_kinds import Kind
from certctl.domain.catalog.records import Agent, Target
from certctl.domain.errors import FieldProblem

if TYPE_CHECKING:
    from certctl.domain.agents.kinds.registry import TargetKinds

MOST_AGENTS = 10_000
"""A stack registers no more. Those that an earlier release has registered beyond it stay."""
KEY_LIFETIME = timedelta(days=90)
KEY_OVERLAP = timedelta(hours=1)
"""How long the old key stays valid after a new one is made."""
TOKEN_LIFETIME = timedelta(hours=1)
TOKEN_PREFIX = "certctl_boot_"  # noqa: S105  # what all tokens begin with is no secret
TOKEN_PREFIX_OF_ID = "boot"  # noqa: S105  # no secret
_TOKEN_LENGTH = len(TOKEN_PREFIX) + 43
_PATTERN = re.compile(r"[a-z0-9*]([a-z0-9*._-]{0,251}[a-z0-9*])?")
_MOST_WILDCARDS = 2
HOSTNAME_PATTERNS = (
    "a host name in which * stands for any characters of one label, such as web-*.example.com; "
    "at most two *, and one in a label"
)


@dataclass(frozen=True)
class AgentReport:
    """An agent's report about its host and its program."""

    hostname: str
    version: str = ""
    os: str = ""
    architecture: str = ""
    ip_address: str = ""


@dataclass(frozen=True)
class ConsentUpdate:
    """The consent in a heartbeat: its digest always, the consent itself if it was requested. Agents of
    earlier releases send neither."""

    digest: str | None = None
    consent: Consent | None = None


@dataclass(frozen=True)
class AgentState:
    """The last heartbeat of an agent, and when its next contact was due. While an alert of its silence is
    open, `alerted_certificate_id` is the certificate that it was sent for."""

    agent_id: str
    last_heartbeat_at: datetime
    report: AgentReport
    next_contact_at: datetime | None = None
    alerted_at: datetime | None = None
    alerted_certificate_id: str | None = None

    @property
    def expected_at(self) -> datetime:
        """Rows of earlier releases have no `next_contact_at`."""
        return self.next_contact_at or self.last_heartbeat_at + POLL_WITH_WORK


def with_heartbeat(entry: AnyEntry, state: AgentState | None) -> AnyEntry:
    """The agent's record with its last report."""
    if state is None:
        return entry
    report, content = state.report, entry.content
    heard: Agent = replace(
        content,
        last_heartbeat_at=state.last_heartbeat_at,
        next_contact_at=state.expected_at,
        version=report.version,
        os=report.os,
        architecture=report.architecture,
        ip_address=report.ip_address,
    )
    return replace(entry, content=heard)


def with_consent(entry: AnyEntry, consents: Mapping[str, Consent], kinds: "TargetKinds") -> AnyEntry:
    """Adds to an agent's record what its host allows, and to a target's record what that host forbids.
    `consents` are by agent."""
    if entry.kind is Kind.AGENT:
        return replace(entry, content=replace(entry.content, consent=consents.get(entry.id)))
    if entry.kind is Kind.TARGET:
        return replace(entry, content=replace(entry.content, unfit=_unfit(entry.content, consents, kinds)))
    return entry


def with_crl_report(entry: AnyEntry, report: CrlReport | None) -> AnyEntry:
    """The target's record with the last report about its CRLs."""
    return replace(entry, content=replace(entry.content, crl_report=report)) if report else entry


def _unfit(target: Target, consents: Mapping[str, Consent], kinds: "TargetKinds") -> tuple[FieldProblem, ...]:
    consent = consents.get(target.agent_id or "")
    return tuple(forbidden_of(kinds.of(target.type), target.config, consent)) if consent else ()


@dataclass(frozen=True)
class BootstrapToken:
    """Lets one agent register itself, once, from a host whose name matches the pattern. `created_by` is the
    id of the key that made it."""

    id: str
    token_hash: str
    hostname_pattern: str
    team_id: str
    created_by: str
    expires_at: datetime


def new_token_text() -> str:
    return TOKEN_PREFIX + secrets.token_urlsafe(32)


def looks_like_token(text: str) -> bool:
    return len(text) == _TOKEN_LENGTH and text.startswith(TOKEN_PREFIX) and text.isascii()


def token_hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def is_hostname_pattern(text: str) -> bool:
    if _PATTERN.fullmatch(text.lower()) is None or ".." in text:
        return False
    return text.count("*") <= _MOST_WILDCARDS and all(label.count("*") <= 1 for label in text.split("."))


def hostname_matches(pattern: str, hostname: str) -> bool:
    """Ignores case; a `*` never matches a dot. Linear in the hostname, also for the patterns of earlier
    releases, which may have any number of `*`: a regular expression of these backtracks for minutes."""
    wanted, given = pattern.lower().split("."), hostname.lower().split(".")
    return len(wanted) == len(given) and all(map(_label_matches, wanted, given))


def _label_matches(pattern: str, label: str) -> bool:
    """Each part between two `*` is matched at its first occurrence: a later one never matches more."""
    first, *rest = pattern.split("*")
    if not rest:
        return first == label
    *middle, last = rest
    if len(label) < len(first) + len(last) or not (label.startswith(first) and label.endswith(last)):
        return False
    position, end = len(first), len(label) - len(last)
    for part in middle:
        found = label.find(part, position, end)
        if found < 0:
            return False
        position = found + len(part)
    return True


@dataclass(frozen=True)
class NewAgent:
    name: str
    hostname: str
    team_id: str | None = None
    id: str | None = None


@dataclass(frozen=True)
class Retirement:
    """A request to retire an agent. With a `reason`, also if targets name it: those lose it."""

    reason: str | None = None
    revision: int | None = None
