"""Fleets of endpoints for the year on a moved clock: certificates, rollouts, silences, and what really
breaks."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from random import Random

from certctl.domain.inventory.endpoints.endpoints import Endpoint, Expected
from certctl.domain.inventory.endpoints.findings import Finding, patience
from certctl.domain.inventory.endpoints.served import IssuedVersion
from tests.support.served.year import (
    DAY,
    FAULTY,
    HOUR,
    MINUTE,
    START,
    Fault,
    Renewed,
    Site,
    Span,
)


@dataclass
class Builder:
    """Makes a fleet of sites, and a fault for every third of them."""

    random: Random
    length: timedelta

    def sites(self, count: int) -> list[Site]:
        return [self._site(number) for number in range(count)]

    def _site(self, number: int) -> Site:
        kind = ("agent", "network", "dual", "network", "free")[number % 5]
        keys = {"dual": ("ECDSA", "RSA"), "free": ()}.get(kind, ("ECDSA",))
        certificates = tuple(self._certificate(f"mc-{number}-{key}", key) for key in keys)
        site = Site(
            self._endpoint(number, kind, certificates), certificates, {"network": 12, "dual": 3}.get(kind, 1)
        )
        site.delays = {key: self._delay(site) for key in _arrivals(site)}
        site.faults = self._faults(site) if number % 3 == 0 else ()
        site.silences = self._spans(site, 8, 5 * DAY) if site.is_by_agent else ()
        site.outages = self._spans(site, 12, 5 * HOUR)
        return site

    def _endpoint(self, number: int, kind: str, certificates: tuple[Renewed, ...]) -> Endpoint:
        return Endpoint(
            f"ep-{number}",
            f"host-{number}.example.com",
            443,
            f"agent-{number}" if kind == "agent" else "public",
            "t-1",
            "o-1",
            START,
            certificate_ids=tuple(each.id for each in certificates),
            expected=Expected.VERSION if certificates else Expected.ANY_VALID,
        )

    def _certificate(self, id_: str, key: str) -> Renewed:
        lifetime = self.random.choice((47, 90, 200)) * DAY
        first = START - self.random.random() * lifetime * 2 / 3
        count = (self.length + lifetime) // (lifetime * 2 / 3) + 2
        issued = [first + number * lifetime * 2 / 3 for number in range(count)]
        versions = [IssuedVersion(f"{id_}/{number}", at, at + lifetime) for number, at in enumerate(issued)]
        return Renewed(id_, key, tuple(versions))

    def _delay(self, site: Site) -> timedelta:
        return self.random.random() * (HOUR if site.is_by_agent else 20 * HOUR)

    def _faults(self, site: Site) -> tuple[Fault, ...]:
        """One of each of some findings, days apart, so that none belongs to the incident of another."""
        if not site.certificates:
            choices = [Finding.NAME_MISMATCH, Finding.WEAK, Finding.OLD_PROTOCOL]
        else:
            choices = [*sorted(FAULTY), Finding.UNEXPECTED, Finding.UNREACHABLE, Finding.OLD_PROTOCOL]
        begin, faults = START + 2 * DAY, list(self._stuck(site))
        while begin < START + self.length - 8 * DAY:
            span = Span(begin, begin + 2 * DAY + self.random.random() * DAY)
            if not any(span.touches(_widened(each.span)) for each in faults):
                finding = self.random.choice(choices)
                faults.append(Fault(finding, self._subject(site), span, begin + _wait(finding)))
            begin += (6 + self.random.random() * 40) * DAY
        return tuple(faults)

    def _stuck(self, site: Site) -> Iterator[Fault]:
        """Servers that are not reloaded after a renewal."""
        for certificate in site.certificates[:1]:
            for version in certificate.versions[2::2]:
                begin = version.issued_at
                span = Span(begin, begin + 3 * DAY)
                # the agent's deployment is believed: the server that it reloaded has an old process left
                waited = HOUR + 15 * MINUTE if site.is_by_agent else DAY
                if START + 2 * DAY < begin < START + self.length - 8 * DAY:
                    yield Fault(Finding.STALE, certificate.id, span, begin + waited)

    def _subject(self, site: Site) -> str:
        return site.certificates[0].id if site.certificates else site.endpoint.id

    def _spans(self, site: Site, a_year: int, longest: timedelta) -> tuple[Span, ...]:
        count = round(a_year * (self.length / (365 * DAY))) + 1
        begins = [START + self.random.random() * self.length for _ in range(count)]
        spans = [Span(begin, begin + self.random.random() * longest) for begin in begins]
        free = (span for span in spans if not any(span.touches(_widened(f.span)) for f in site.faults))
        return tuple(_apart(sorted(free, key=lambda span: span.begin)))


def _arrivals(site: Site) -> Iterator[tuple[str, int, int]]:
    for certificate in site.certificates:
        for number in range(len(certificate.versions)):
            for node in range(site.nodes):
                yield certificate.id, number, node


def _apart(spans: Iterable[Span]) -> Iterator[Span]:
    """Without those that follow so soon that no probe lies between: together they would be a fault."""
    last: Span | None = None
    for span in spans:
        if last is None or span.begin - last.end > 3 * HOUR:
            last = span
            yield span


def _widened(span: Span) -> Span:
    """With the day in which a finding that returns is the same incident, and time to see its end."""
    return Span(span.begin - 3 * DAY, span.end + 3 * DAY)


def _wait(finding: Finding) -> timedelta:
    """How long a fault is no finding yet. Old protocols are tried once a day."""
    return DAY if finding is Finding.OLD_PROTOCOL else patience(finding)
