"""Reports of probers: each probe is judged when it arrives, and what it changes is one transaction."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property

from certctl.crypto.inventory.judging import ChainJudge
from certctl.domain.audit.events import Actor
from certctl.domain.certificates.subjects import subject_of
from certctl.domain.errors import ChangedMeanwhile
from certctl.domain.inventory.endpoints.alerts import endpoint_subject, problem_alert, solved_alert
from certctl.domain.inventory.endpoints.damping import Damped, Rhythm
from certctl.domain.inventory.endpoints.endpoints import (
    REFUSED_BY_CONSENT,
    Endpoint,
    Showing,
    scope_of,
)
from certctl.domain.inventory.endpoints.incidents import (
    Incident,
    Step,
    is_reported_now,
    is_resolved_now,
    steps,
    subject_id,
)
from certctl.domain.inventory.endpoints.probes import MAX_ADDRESSES, AddressProbe, Probe
from certctl.domain.inventory.endpoints.quiet import has_extras, shown_in, state_of
from certctl.domain.inventory.endpoints.reported import ReportedProbe
from certctl.domain.inventory.endpoints.served import Expectation, states_after
from certctl.domain.inventory.endpoints.targets import without
from certctl.domain.inventory.scopes import Scope
from certctl.domain.notifications.subjects import AlertSubject
from certctl.domain.times import to_wire_or_none
from certctl.services.inventory.quiet_probes import QuietProbes
from certctl.services.inventory.served import Expected, ServedCertificates
from certctl.store.inventory.endpoints import EndpointChange, EndpointStore
from certctl.store.inventory.scopes import ScopeStore
from certctl.unit_of_work.inventory.endpoint_changes import EndpointChanges
from certctl.unit_of_work.inventory.endpoint_places import Placed
from certctl.unit_of_work.inventory.probe_sightings import ProbeSightings
from certctl.unit_of_work.retry import retry_on_conflict
from certctl.unit_of_work.unit import UnitOfWork

_SERVED = "served"
_REFUSED = "refused"


type CaQuestion = Callable[[Probe, ReportedProbe, ChainJudge], Probe]
"""A function of a probe and its report that returns the probe with what CAs say. The judge knows the CAs of
the stack."""


def ask_nobody(probe: Probe, _reported: ReportedProbe, _judge: ChainJudge) -> Probe:
    """Returns the probe as it is."""
    return probe


@dataclass(frozen=True)
class _Seen:
    """A probe of an endpoint, judged, beside what the endpoint should serve."""

    endpoint: Endpoint
    expected: Sequence[Expected]
    reported: ReportedProbe
    probe: Probe
    rhythm: Rhythm

    @property
    def now(self) -> datetime:
        return self.rhythm.now

    @cached_property
    def expectation(self) -> Expectation:
        return Expectation(self.endpoint, tuple(each.attached for each in self.expected), self.now)

    @cached_property
    def findings(self) -> tuple[Damped, ...]:
        return states_after(self.expectation, self.probe, self.rhythm)

    @cached_property
    def fingerprints(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(leaf.fingerprint for _, _, leaf in self.probe.leaves))

    @property
    def shows_more(self) -> bool:
        """Whether it shows a certificate that the endpoint was not known to show."""
        known = {each for showing in self.endpoint.showing for each in showing.fingerprints}
        is_first = not self.endpoint.showing or self.endpoint.is_refused
        return bool(set(self.fingerprints) - known) or is_first

    @property
    def has_news(self) -> bool:
        return self.findings != self.endpoint.findings or self.shows_more

    @property
    def changes_nothing(self) -> bool:
        """A probe without news is stored once a day at most, for the next ones to be compared with."""
        known = self.endpoint.shown, self.endpoint.judged_with
        is_known = (self.shown, self.judged_with) == known
        return not self.has_news and (is_known or not has_extras(self.reported))

    @cached_property
    def shown(self) -> str:
        """Empty if anything is wrong with it, even if that may be for now."""
        has_faults = any(self.expectation.faults(leaf) for *_, leaf in self.probe.leaves)
        return "" if self.findings or has_faults else shown_in(self.reported)

    @property
    def judged_with(self) -> str:
        return state_of([each.certificate for each in self.expected]) if self.shown else ""

    def subject(self, certificate_id: str) -> AlertSubject:
        """The subject of the alerts of a finding; the endpoint if the certificate is gone."""
        of_certificate = (each for each in self.expected if each.certificate.id == certificate_id)
        found = next(of_certificate, None)
        return subject_of(found.certificate) if found else endpoint_subject(self.endpoint)


@dataclass(frozen=True)
class ProbeReports:
    changes: EndpointChanges
    scopes: ScopeStore
    served: ServedCertificates
    sightings: ProbeSightings
    quiet: QuietProbes
    now: Callable[[], datetime]
    ask_cas: CaQuestion = ask_nobody
    """What other CAs say of the certificates of a probe, in functions that may reach them."""

    @property
    def endpoints(self) -> EndpointStore:
        return self.changes.endpoints

    def take(
        self, prober: str, actor: Actor, probes: Iterable[ReportedProbe], known: Sequence[Endpoint] = ()
    ) -> Counter[str]:
        """How many probes changed something, changed nothing, or were refused: those of endpoints that this
        prober does not probe, and repeated ones. Each is judged when it is taken, unless it shows what the
        last one of a `known` endpoint did. Raises Unavailable."""
        previous_at, own = self.heard(prober), {each.id: each for each in known if each.prober == prober}
        judge = self.served.judge()
        return Counter(
            "unchanged"
            if self._is_quiet(own.get(each.endpoint_id), each)
            else self._taken(prober, actor, each, judge, previous_at)
            for each in probes
        )

    def _is_quiet(self, endpoint: Endpoint | None, reported: ReportedProbe) -> bool:
        return endpoint is not None and self.quiet.includes(endpoint, reported)

    def heard(self, prober: str) -> datetime | None:
        """When the prober's preceding report came: endpoints do not store when they were probed."""
        scope = self.scopes.get(scope_of(prober))
        if scope is None:
            return None
        with suppress(ChangedMeanwhile):  # two reports at once: one is enough
            self.scopes.save(scope, scope.reported(self.now()))
        return scope.last_seen_at

    def heard_in_time(self, prober: str, scope: Scope) -> None:
        """Has a prober without anything due counted as heard once in its interval: it is not silent."""
        last, interval = scope.last_seen_at, scope.interval
        if last is not None and interval is not None and self.now() - last >= interval:
            self.heard(prober)

    @retry_on_conflict
    def _taken(
        self,
        prober: str,
        actor: Actor,
        reported: ReportedProbe,
        judge: ChainJudge,
        previous_at: datetime | None,
    ) -> str:
        endpoint, now = self.endpoints.get(reported.endpoint_id), self.now()
        if endpoint is None or endpoint.prober != prober or _is_repeated(endpoint, reported):
            return "refused"
        if reported.is_refused:
            return self._store_refusal(actor, endpoint, reported)
        expected = self.served.of(endpoint)
        endpoint = self._detached(actor, endpoint, expected)
        issuers = [each for one in expected for each in one.issuers]
        own = replace(judge, known=(*judge.known, *issuers))
        probe = own.probe(reported, endpoint.name, now)
        probe = self.ask_cas(probe, reported, judge)
        seen = _Seen(endpoint, expected, reported, probe, Rhythm(now, endpoint.interval, previous_at))
        placed = self.sightings.placed(endpoint, probe, reported, now)
        if seen.changes_nothing and placed.sighted == endpoint.sighted:
            return "unchanged"
        self._store(actor, seen, placed)
        return "changed"

    def _detached(self, actor: Actor, endpoint: Endpoint, expected: Sequence[Expected]) -> Endpoint:
        """The endpoint without certificates that were archived, or that its target has no more."""
        ended = frozenset(endpoint.certificate_ids) - {each.certificate.id for each in expected}
        if not ended:
            return endpoint
        return self.changes.change(actor, endpoint, without(endpoint, ended), self.now())

    def _store_refusal(self, actor: Actor, endpoint: Endpoint, reported: ReportedProbe) -> str:
        """What was found before stays as it is, and is no place any more: nobody looks."""
        if endpoint.is_refused:
            return "unchanged"
        now = self.now()
        unit = self.changes.units.begin(actor, endpoint.id, now)
        showing = (Showing("", error=REFUSED_BY_CONSENT),)
        after = replace(
            endpoint, showing=showing, changed_at=now, probed_at=reported.probed_at, shown="", sighted=()
        )
        self.changes.places.leave(unit, endpoint)
        unit.write(*self.endpoints.save_steps(endpoint, after))
        unit.write(*self.endpoints.change_steps([EndpointChange(endpoint.id, now, _REFUSED)]))
        unit.commit()
        return "changed"

    def _store(self, actor: Actor, seen: _Seen, placed: Placed) -> None:
        endpoint, now = seen.endpoint, seen.now
        unit = self.changes.units.begin(actor, endpoint.id, now)
        taken = steps(endpoint, seen.findings)
        silences = {step.state.key: self._incident(unit, seen, step).silent_until for step in taken}
        findings = tuple(
            replace(each, silent_until=silences[each.key]) if each.key in silences else each
            for each in seen.findings
        )
        after = replace(
            endpoint,
            findings=findings,
            showing=_showing(seen),
            changed_at=now if seen.has_news else endpoint.changed_at,
            probed_at=seen.probe.probed_at,
            shown=seen.shown,
            judged_with=seen.judged_with,
            sighted=placed.sighted,
            is_attached_by_right=bool(seen.expected),
        )
        self.changes.places.write(unit, endpoint, placed)
        unit.write(*self.endpoints.save_steps(endpoint, after))
        unit.write(*self.endpoints.change_steps(list(_changes(seen, taken))))
        unit.commit()

    def _incident(self, unit: UnitOfWork, seen: _Seen, step: Step) -> Incident:
        """Changes the incident of a finding, and reports or resolves it, with the row of the endpoint."""
        about = subject_id(seen.endpoint, step.state)
        before = self.endpoints.incident(about, step.state.finding)
        after = step.of(before, seen.endpoint, seen.now)
        unit.write(self.endpoints.incident_step(after))
        subject = seen.subject(step.state.certificate_id)
        if is_reported_now(before, after):
            unit.alert(problem_alert(after, subject), self.changes.stores.routing.facts_of(subject))
        if before is not None and is_resolved_now(before, after):
            unit.alert(solved_alert(before, subject), self.changes.stores.routing.facts_of(subject))
        return after


def _is_repeated(endpoint: Endpoint, reported: ReportedProbe) -> bool:
    """Whether the report was stored before; times are stored to the second."""
    return to_wire_or_none(endpoint.probed_at) == to_wire_or_none(reported.probed_at)


def _changes(seen: _Seen, taken: Sequence[Step]) -> Iterator[EndpointChange]:
    """The entries of the history."""
    for step in taken:
        state = step.state
        yield EndpointChange(
            seen.endpoint.id,
            seen.now,
            step.change.value,
            state.finding,
            state.certificate_id or None,
            state.addresses,
        )
    if seen.shows_more and seen.fingerprints:
        yield EndpointChange(seen.endpoint.id, seen.now, _SERVED, fingerprints=seen.fingerprints)


def _showing(seen: _Seen) -> tuple[Showing, ...]:
    """The addresses of the probe, then those that the name had before: a name may resolve to other addresses
    each time."""
    shown = {each.address: _shown(seen, each) for each in seen.probe.addresses}
    before = {each.address: each for each in seen.endpoint.showing if not seen.endpoint.is_refused}
    return tuple((shown | {a: s for a, s in before.items() if a not in shown}).values())[:MAX_ADDRESSES]


def _shown(seen: _Seen, address: AddressProbe) -> Showing:
    leaves = [each.leaf for each in address.handshakes if each.leaf is not None]
    faults = {finding for leaf in leaves for finding in seen.expectation.faults(leaf)}
    errors = [each.error for each in address.handshakes if each.error is not None and each.leaf is None]
    return Showing(
        address.address,
        tuple(dict.fromkeys(leaf.fingerprint for leaf in leaves)),
        next((each.version for each in address.handshakes if each.version), None),
        tuple(sorted(finding.value for finding in faults)),
        tuple(sorted({note.value for leaf in leaves for note in leaf.notes})),
        errors[0].value if errors and not leaves else None,
    )
