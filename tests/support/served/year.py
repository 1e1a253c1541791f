"""A year of endpoints on a moved clock: certificates renew, networks of servers roll out, agents are silent,
packets are lost, and some things really break."""

import heapq
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import cached_property
from random import Random

from certctl.domain.inventory.endpoints.damping import Damped, Rhythm
from certctl.domain.inventory.endpoints.endpoints import Endpoint, offers_of
from certctl.domain.inventory.endpoints.findings import Finding
from certctl.domain.inventory.endpoints.incidents import (
    Incident,
    is_reported_now,
    is_resolved_now,
    steps,
    subject_id,
)
from certctl.domain.inventory.endpoints.pace import pace_of
from certctl.domain.inventory.endpoints.probes import (
    AddressProbe,
    Handshake,
    Offer,
    Probe,
    ProbeError,
    ServedLeaf,
)
from certctl.domain.inventory.endpoints.served import Attached, Expectation, IssuedVersion, states_after

START = datetime(2026, 1, 1, tzinfo=UTC)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
_RUN = timedelta(minutes=5)
_USUAL = 0.01
"""How many handshakes are lost; half as many probes meet something strange."""
_DISTURBED = 0.04
"""The probes of a calm site that can be so; each of them is, the more often."""
FAULTY = frozenset({Finding.CHAIN_INCOMPLETE, Finding.NAME_MISMATCH, Finding.WEAK, Finding.UNTRUSTED})


@dataclass(frozen=True)
class Span:
    begin: datetime
    end: datetime

    def has(self, moment: datetime) -> bool:
        return self.begin <= moment < self.end

    def touches(self, other: "Span") -> bool:
        return self.begin < other.end and other.begin < self.end


@dataclass(frozen=True)
class Calm:
    """A time between two events of a site, and whether all is well in it."""

    span: Span
    is_calm: bool


@dataclass(frozen=True)
class Fault:
    """Something that really breaks, and must be reported once."""

    finding: Finding
    subject: str
    span: Span
    due: datetime
    """When it becomes a finding: what may still be for a while is none before."""


@dataclass(frozen=True)
class Renewed:
    """A certificate and its versions, one after the other."""

    id: str
    key: str
    versions: tuple[IssuedVersion, ...]

    def current(self, now: datetime) -> int:
        return bisect_right(self.versions, now, key=lambda each: each.issued_at) - 1

    def attached(self, now: datetime) -> Attached:
        current = self.current(now)
        known = self.versions[max(current - 4, 0) : current + 1]
        return Attached(self.id, self.versions[current].fingerprint, known, self.key, "CN=Issuing")


@dataclass
class Site:
    """An endpoint and the servers behind it."""

    endpoint: Endpoint
    certificates: tuple[Renewed, ...]
    nodes: int = 1
    """Each has an address of its own; the name resolves to eight of them at a time."""
    delays: dict[tuple[str, int, int], timedelta] = field(default_factory=dict)
    """How long after its issuance a version reaches a node: by certificate, version and node."""
    silences: tuple[Span, ...] = ()
    outages: tuple[Span, ...] = ()
    faults: tuple[Fault, ...] = ()
    previous_at: datetime | None = None
    extras_at: datetime | None = None
    has_glitch: bool = False
    calm: "Calm | None" = None

    def is_calm(self, now: datetime) -> bool:
        """Whether every node serves the newest versions and nothing is wrong. That is looked up once between
        two events."""
        if self.calm is None or not self.calm.span.has(now):
            self.calm = self._calm(now)
        return self.calm.is_calm and not self.endpoint.findings and not self.has_glitch

    def _calm(self, now: datetime) -> "Calm":
        later = bisect_right(self._events, now)
        end = self._events[later] if later < len(self._events) else datetime.max.replace(tzinfo=UTC)
        spans = (*self.outages, *(_watched(each) for each in self.faults))
        is_disturbed = any(span.has(now) for span in spans)
        is_rolled_out = all(
            self.served(each, node, now) == each.current(now)
            for each in self.certificates
            for node in range(self.nodes)
        )
        return Calm(Span(now, end), is_rolled_out and not is_disturbed)

    @cached_property
    def _events(self) -> list[datetime]:
        """When something changes at the site."""
        spans = (*self.outages, *self.silences, *(_watched(each) for each in self.faults))
        moments = {moment for span in spans for moment in (span.begin, span.end)}
        moments |= {each.issued_at for one in self.certificates for each in one.versions}
        places = {(c.id, n): c for c in self.certificates for n in range(len(c.versions))}
        moments |= {self.arrival(places[id_, n], n, node) for id_, n, node in self.delays}
        moments |= {moment + MINUTE for moment in moments}  # a silent agent deploys soon after
        return sorted(moments)

    @property
    def is_by_agent(self) -> bool:
        return not self.endpoint.is_public

    def is_silent(self, now: datetime) -> bool:
        return any(span.has(now) for span in self.silences)

    def broken(self, now: datetime, subject: str | None = None) -> set[Finding]:
        """What is broken, of one certificate if its id is given."""
        here = (fault for fault in self.faults if subject in (None, fault.subject))
        return {fault.finding for fault in here if fault.span.has(now)}

    def arrival(self, certificate: Renewed, number: int, node: int) -> datetime:
        """When a version is served by a node. A silent agent deploys nothing before it is back."""
        at = certificate.versions[number].issued_at + self.delays.get(
            (certificate.id, number, node), 0 * HOUR
        )
        return next((span.end + 2 * MINUTE for span in self.silences if span.has(at)), at)

    def served(self, certificate: Renewed, node: int, now: datetime) -> int:
        """The number of the version that a node serves. One that was not reloaded has its old one."""
        stuck = [f.span for f in self.faults if f.finding is Finding.STALE and f.subject == certificate.id]
        moment = next((span.begin - MINUTE for span in stuck if span.has(now)), now)
        number = certificate.current(moment)
        while number > 0 and self.arrival(certificate, number, node) > moment:
            number -= 1
        return number


@dataclass(frozen=True)
class Alarm:
    """An alert that was sent, and what it is about."""

    finding: Finding
    subject: str
    at: datetime


@dataclass
class Year:
    """Runs the sites to an end, and keeps each alert that is sent and each that is resolved."""

    sites: list[Site]
    random: Random
    end: datetime
    incidents: dict[tuple[str, Finding], Incident] = field(default_factory=dict)
    sent: list[Alarm] = field(default_factory=list)
    resolved: list[Alarm] = field(default_factory=list)
    probes: int = 0

    def run(self) -> None:
        queue = [(START + self.random.random() * HOUR, number) for number in range(len(self.sites))]
        heapq.heapify(queue)
        while queue and queue[0][0] < self.end:
            now, number = heapq.heappop(queue)
            site = self.sites[number]
            if not site.is_silent(now):
                self._look(site, now)
            heapq.heappush(queue, (_next_due(site.endpoint, now), number))

    def _look(self, site: Site, now: datetime) -> None:
        """Most probes show what the last one did, and are not judged: as the control plane has it."""
        self.probes += 1
        is_daily = site.extras_at is None or now - site.extras_at >= DAY
        if is_daily or not site.is_calm(now):
            self._probe(site, now, _USUAL)
        elif self.random.random() < _DISTURBED:
            self._probe(site, now, _USUAL / _DISTURBED)
        else:
            site.previous_at = now

    def _probe(self, site: Site, now: datetime, disturbance: float) -> None:
        offers = offers_of(site.endpoint.findings, site.extras_at, now)
        site.extras_at = now if len(offers) == 4 else site.extras_at
        endpoint = replace(site.endpoint, deployed_at=_deployed_at(site, now))
        attached = tuple(each.attached(now) for each in site.certificates)
        probe = Probe(endpoint.id, now, tuple(self._addresses(site, offers, now, disturbance)))
        rhythm = Rhythm(now, endpoint.interval, site.previous_at)
        findings = states_after(Expectation(endpoint, attached, now), probe, rhythm)
        site.endpoint = replace(endpoint, findings=self._reported(endpoint, findings, now))
        site.previous_at = now

    def _reported(
        self, endpoint: Endpoint, findings: tuple[Damped, ...], now: datetime
    ) -> tuple[Damped, ...]:
        silences: dict[tuple[Finding, str], datetime | None] = {}
        for step in steps(endpoint, findings):
            key = subject_id(endpoint, step.state), step.state.finding
            before = self.incidents.get(key)
            after = self.incidents[key] = step.of(before, endpoint, now)
            silences[step.state.key] = after.silent_until
            alarm = Alarm(step.state.finding, key[0], now)
            self.sent += [alarm] if is_reported_now(before, after) else []
            self.resolved += [alarm] if is_resolved_now(before, after) else []
        return tuple(
            replace(each, silent_until=silences[each.key]) if each.key in silences else each
            for each in findings
        )

    def _addresses(
        self, site: Site, offers: tuple[Offer, ...], now: datetime, disturbance: float
    ) -> Iterator[AddressProbe]:
        nodes = self.random.sample(range(site.nodes), min(site.nodes, 8))
        is_quiet = any(_is_timed(each, now) for each in site.faults)
        is_down = Finding.UNREACHABLE in site.broken(now) or any(span.has(now) for span in site.outages)
        # What is not there is shown once before the truth is: a captive portal, an old entry of DNS.
        may_be_strange = not site.has_glitch and not is_quiet
        has_glitch = may_be_strange and self.random.random() < disturbance / 2
        lost = 0
        for position, node in enumerate(nodes):
            is_lost = is_down or (not is_quiet and self.random.random() < disturbance)
            is_strange = has_glitch and position == 0
            lost += is_lost
            shown = [
                _handshake(site, offer, node, now, is_lost=is_lost, is_strange=is_strange) for offer in offers
            ]
            yield AddressProbe(f"192.0.2.{node}", tuple(shown))
        site.has_glitch = has_glitch or (site.has_glitch and lost > 0)


def _next_due(endpoint: Endpoint, since: datetime) -> datetime:
    """The first run of the probers, one each five minutes, that finds the endpoint due. Once it is due it
    stays so, up to two intervals later."""
    pace = pace_of(endpoint)
    runs = range(1, int(2 * endpoint.interval / _RUN) + 1)
    return (
        since + _RUN * runs[bisect_left(runs, True, key=lambda run: pace.is_due(since, since + _RUN * run))]
    )


def _handshake(
    site: Site, offer: Offer, node: int, now: datetime, *, is_lost: bool, is_strange: bool
) -> Handshake:
    if is_lost:
        return Handshake(offer, error=ProbeError.TIMEOUT)
    leaf = _leaf(site, offer, node, now)
    if leaf is None or (offer.is_old and Finding.OLD_PROTOCOL not in site.broken(now)):
        return Handshake(offer, error=ProbeError.TLS)
    if is_strange:
        leaf = _strange(leaf)
    return Handshake(offer, "TLSv1.1" if offer.is_old else "TLSv1.3", leaf)


def _leaf(site: Site, offer: Offer, node: int, now: datetime) -> ServedLeaf | None:
    if not site.certificates:
        faults = frozenset(site.broken(now) & FAULTY)
        return ServedLeaf(f"free-{now:%m}", "ECDSA", "CN=Issuing", now + 30 * DAY, faults)
    wanted = {Offer.RSA: "RSA", Offer.ECDSA: "ECDSA"}.get(offer)
    having = [each for each in site.certificates if wanted in (None, each.key)]
    if not having:
        return None
    certificate = having[0]
    version = certificate.versions[site.served(certificate, node, now)]
    broken = site.broken(now, certificate.id)
    leaf = ServedLeaf(
        version.fingerprint, certificate.key, "CN=Issuing", version.not_after, frozenset(broken & FAULTY)
    )
    return _strange(leaf) if Finding.UNEXPECTED in broken else leaf


def _strange(leaf: ServedLeaf) -> ServedLeaf:
    return replace(leaf, fingerprint="stranger", issuer="CN=Stranger", faults=frozenset({Finding.UNTRUSTED}))


def _deployed_at(site: Site, now: datetime) -> datetime | None:
    if not site.is_by_agent or not site.certificates:
        return None
    certificate = site.certificates[0]
    at = site.arrival(certificate, certificate.current(now), 0)
    return at if at <= now else None


def _is_timed(fault: Fault, now: datetime) -> bool:
    """Whether an alarm, or its end, is awaited: no packet is lost then that would make it late."""
    return fault.span.begin <= now < fault.due + DAY or fault.span.end <= now < fault.span.end + DAY


def _watched(fault: Fault) -> Span:
    """The time of a fault, with the day after it became due."""
    return Span(fault.span.begin - MINUTE, max(fault.span.end, fault.due + DAY))
