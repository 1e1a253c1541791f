"""Endpoints: where certificates are served, what each should serve, and when it is probed
(docs/endpoints.md)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from certctl.domain.inventory.endpoints.damping import Damped
from certctl.domain.inventory.endpoints.probes import Offer, Starttls

PUBLIC = "public"
"""The prober of the stack itself; every other prober is an agent, named by its id."""

MAX_CERTIFICATES = 2
"""One with an RSA key, one with an ECDSA key."""

PUBLIC_PORTS = frozenset({443, 465, 587, 636, 853, 993, 995, 3306, 5432, 5671, 6443, 8443, 8883, 9443})
"""The ports that the public prober connects to. A Lambda function has no way out on port 25."""

REFUSED_BY_CONSENT = "consent"
"""What an endpoint shows as its error if the host of its agent does not allow the probe."""

JITTER = 0.2
"""A probe may be late by this share of its interval."""
EXTRA_EVERY = timedelta(days=1)
"""Between two probes with every offer."""
_EXTRA_OFFERS = (Offer.RSA, Offer.ECDSA, Offer.TLS_1_1)
_BY_AGENT = timedelta(minutes=15)
_BY_STACK = timedelta(hours=1)
_IF_FREE = timedelta(hours=6)


def scope_of(prober: str) -> str:
    """The scope of the inventory that a prober's endpoints are."""
    return f"sc-probes-{prober}"


class Expected(StrEnum):
    """What an endpoint should serve: the newest version of its certificate, any valid certificate of the
    expected issuer, or any valid certificate."""

    VERSION = "version"
    ISSUER = "issuer"
    ANY_VALID = "any_valid"


@dataclass(frozen=True)
class Showing:
    """What one address showed last. `findings` include those that are not raised yet."""

    address: str
    fingerprints: tuple[str, ...] = ()
    version: str | None = None
    findings: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    error: str | None = None


@dataclass(frozen=True)
class SightedLeaf:
    """A certificate that has the endpoint as a place in the inventory. `key` is the kind of its key, as
    `ServedLeaf.key`."""

    fingerprint: str
    key: str


@dataclass(frozen=True)
class Endpoint:
    """A host, port and server name where a certificate is served, and what is known of it. `revision` rises
    with every write and guards it."""

    id: str
    host: str
    port: int
    prober: str
    """`public`, or the id of the agent that probes it."""
    team_id: str
    owner_id: str
    created_at: datetime
    server_name: str = ""
    """The name in the handshake (SNI); empty for the host itself."""
    starttls: Starttls | None = None
    certificate_ids: tuple[str, ...] = ()
    expected: Expected = Expected.ANY_VALID
    expected_issuer: str = ""
    """The issuer's name in RFC 4514; empty for the issuer of the certificate."""
    target_id: str | None = None
    """The target whose deployments reach it."""
    deployed_at: datetime | None = None
    """When a version was deployed to that target last."""
    agent_host: str = ""
    """The host of that target's agent: many verify at 127.0.0.1."""
    findings: tuple[Damped, ...] = ()
    showing: tuple[Showing, ...] = ()
    changed_at: datetime | None = None
    """When what it shows, or one of its findings, changed last."""
    probed_at: datetime | None = None
    """The newest probe that was stored, by the prober's clock."""
    shown: str = ""
    """A digest of what that probe showed if nothing was wrong with it; see `quiet`."""
    judged_with: str = ""
    """The certificates that it was judged with, and their revisions."""
    sighted: tuple[SightedLeaf, ...] = ()
    """The certificates of the inventory that have it as a place, by fingerprint."""
    is_attached_by_right: bool = False
    """Whether who attached it could write endpoints in the team of each certificate: the first release with
    endpoints asked for less."""
    revision: int = 1

    @property
    def scope_id(self) -> str:
        return scope_of(self.prober)

    @property
    def is_attached(self) -> bool:
        return bool(self.certificate_ids)

    @property
    def is_public(self) -> bool:
        return self.prober == PUBLIC

    @property
    def is_refused(self) -> bool:
        """Whether the host of its agent did not allow the last probe."""
        return any(each.error == REFUSED_BY_CONSENT for each in self.showing)

    @property
    def name(self) -> str:
        """The name that its certificates must have."""
        return self.server_name or self.host

    @property
    def text(self) -> str:
        """`shop.example.com:443`, and the server name if that differs, and the agent's host."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        name = f" ({self.server_name})" if self.server_name not in ("", self.host) else ""
        seen_from = f" on {self.agent_host}" if self.agent_host not in ("", self.host) else ""
        return f"{host}:{self.port}{name}{seen_from}"

    @property
    def place(self) -> str:
        """The place of its sightings."""
        return f"tls:{self.host}:{self.port}/{self.name}"

    @property
    def open_findings(self) -> tuple[Damped, ...]:
        return tuple(each for each in self.findings if each.is_open)

    @property
    def interval(self) -> timedelta:
        """The mean time between two probes."""
        if not self.is_attached:
            return _IF_FREE
        return _BY_STACK if self.is_public else _BY_AGENT


def offers_of(findings: Sequence[Damped], extras_at: datetime | None, now: datetime) -> tuple[Offer, ...]:
    """What the next probe offers: once a day everything (`extras_at` is when it was last), else the default,
    and what shows the findings that are looked for."""
    if extras_at is None or now - extras_at >= EXTRA_EVERY:
        return (Offer.DEFAULT, *_EXTRA_OFFERS)
    needed = (offer for each in findings if each.is_of_interest for offer in each.offers)
    return tuple(dict.fromkeys((Offer.DEFAULT, *needed)))
