"""A certificate that was found somewhere, by its SHA-256 fingerprint. Its facts come from its DER alone."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from certctl.domain.inventory.belonging import Belonging, Decided
from certctl.domain.inventory.places import Place, key_at_endpoint
from certctl.domain.inventory.statuses import ObservedState, ObservedStatus, Trust, status_of

MAX_NAMES = 100
"""Names of one certificate that are read; others are only counted."""
MAX_DER = 64 * 1024
MAX_CHAIN = 10
_NAMES_DIGITS = 32
KEPT_AFTER_USE = timedelta(days=90)
"""A leaf that has expired, and that no place has, is kept for so long."""


@dataclass(frozen=True)
class ObservedFacts:
    """What a certificate says. Names and subjects are text that anybody may have written, in a harmless form.

    `first_name` is the first subject alternative name, else the common name; `name_count` counts all of them.
    `key_bits` is None for a key without a size. `is_self_signed`: its own key verifies it. `key_id` is the
    subject key identifier of a CA, which its leaves have as `issuer_key_id`.
    """

    subject: str
    issuer: str
    serial_number: str
    not_before: datetime
    not_after: datetime
    first_name: str
    name_count: int
    key_algorithm: str
    key_bits: int | None
    signature_algorithm: str
    is_ca: bool = False
    is_self_signed: bool = False
    has_wildcard: bool = False
    issuer_key_id: str = ""
    key_id: str = ""


@dataclass(frozen=True)
class ParsedCertificate:
    """A certificate as it was read. `names` are those of a search, MAX_NAMES at most. `sans` are its names as
    records have them, such as `DNS:www.example.com`; empty if it has more than are read."""

    fingerprint: str
    der: bytes
    facts: ObservedFacts
    names: tuple[str, ...]
    spki_sha256: str
    sans: tuple[str, ...] = ()

    @property
    def names_digest(self) -> str:
        """Equal for certificates with the same names."""
        return hashlib.sha256("\n".join(sorted(self.names)).encode()).hexdigest()[:_NAMES_DIGITS]


@dataclass(frozen=True)
class ObservedCertificate:
    """`certificate_id` is the managed certificate that it is a version of. `team_sightings` are the places
    that each team's scopes have. `gone_at`: no place has had it since then. `alerted` has the thresholds
    whose alert was sent, in days, and the names of other alerts. `next_alert_at` is None if no alert is
    planned. `reporter_team_id` is the team whose scope found it first, unless that is its own team.
    `by_hand`: what people decided, which follows its names."""

    fingerprint: str
    facts: ObservedFacts
    spki_sha256: str
    names_digest: str
    first_seen_at: datetime
    team_id: str
    state: ObservedState = ObservedState.UNMANAGED
    owner_id: str | None = None
    certificate_id: str | None = None
    sightings: int = 0
    team_sightings: Mapping[str, int] = field(default_factory=dict)
    trust: Trust = Trust.UNKNOWN
    superseded_by: str | None = None
    renewed_by: str | None = None
    tags: Mapping[str, str] = field(default_factory=dict)
    gone_at: datetime | None = None
    alerted: tuple[str, ...] = ()
    next_alert_at: datetime | None = None
    reporter_team_id: str | None = None
    by_hand: tuple[Decided, ...] = ()
    revision: int = 1

    @property
    def belonging(self) -> Belonging:
        return Belonging(self.team_id, self.owner_id, self.tags, self.by_hand)

    @property
    def reporting_teams(self) -> frozenset[str]:
        """The teams whose scopes have it, and the one whose scope found it first."""
        return self.teams_that_see | {self.reporter_team_id or self.team_id}

    def belonging_to(self, after: Belonging) -> "ObservedCertificate":
        return replace(
            self,
            team_id=after.team_id,
            owner_id=after.owner_id,
            tags=after.tags,
            by_hand=after.by_hand,
            renewed_by=self.renewed_by if after.team_id == self.team_id else None,
            reporter_team_id=self.reporter_team_id or self.team_id,
        )

    @property
    def status(self) -> ObservedStatus:
        is_superseded = self.superseded_by is not None
        return status_of(self.state, is_gone=self.is_gone, is_superseded=is_superseded)

    @property
    def is_gone(self) -> bool:
        """Places count leaves only: a CA may be seen in chains alone."""
        return self.gone_at is not None and not self.facts.is_ca

    @property
    def forgotten_at(self) -> datetime | None:
        """When it is deleted, unless a place has it by then: chains of others may name a CA."""
        if self.gone_at is None or self.facts.is_ca:
            return None
        return max(self.gone_at, self.facts.not_after) + KEPT_AFTER_USE

    def is_forgotten(self, now: datetime) -> bool:
        return self.forgotten_at is not None and self.forgotten_at <= now

    @property
    def is_signed_by_us(self) -> bool:
        """Whether the key of a CA of this stack verifies its signature."""
        return self.trust is Trust.OURS

    @property
    def is_watched_leaf(self) -> bool:
        return self.state.is_watched and not self.facts.is_ca

    @property
    def teams_that_see(self) -> frozenset[str]:
        """The teams whose scopes have it at a place."""
        return frozenset(team for team, count in self.team_sightings.items() if count > 0)

    def seen(self, team_id: str, places: int) -> "ObservedCertificate":
        """The certificate at so many more places of the team; at fewer, if `places` is negative. What renews
        it counts while its own team has a place of it: a word of others would delay the team's alerts."""
        count = max(0, self.sightings + places)
        of_team = max(0, self.team_sightings.get(team_id, 0) + places)
        teams = {t: n for t, n in {**self.team_sightings, team_id: of_team}.items() if n}
        program = self.renewed_by if self.team_id in teams else None
        return replace(self, sightings=count, team_sightings=teams, renewed_by=program)

    def saved(self) -> "ObservedCertificate":
        """The certificate with the revision of its row after a save."""
        return replace(self, revision=self.revision + 1)

    def gone_if_nowhere(self, now: datetime) -> "ObservedCertificate":
        """The certificate with the time since which no place has it."""
        if self.sightings:
            return replace(self, gone_at=None)
        return replace(self, gone_at=self.gone_at or now)

    def found_with(self, renewed_by: str | None, team_id: str) -> "ObservedCertificate":
        """The certificate with the program that renews it, if a place of its own team names one."""
        is_named = renewed_by is not None and team_id == self.team_id
        return replace(self, renewed_by=renewed_by) if is_named else self


@dataclass(frozen=True)
class Sighting:
    """A certificate at a place of a scope. `chain` has the fingerprints of the other certificates there, in
    their order. `ended_at`: a complete scan no longer found it there. `endpoint_id` is the endpoint that
    showed it, whose place has a row for each certificate that is shown."""

    scope_id: str
    place: Place
    fingerprint: str
    team_id: str
    seen_at: datetime
    chain: tuple[str, ...] = ()
    renewed_by: str | None = None
    ended_at: datetime | None = None
    endpoint_id: str | None = None

    @property
    def key(self) -> str:
        """The key of its row in its scope."""
        if self.endpoint_id is None:
            return self.place.key
        return key_at_endpoint(self.endpoint_id, self.fingerprint)

    def ended(self, now: datetime) -> "Sighting":
        return replace(self, ended_at=now)
