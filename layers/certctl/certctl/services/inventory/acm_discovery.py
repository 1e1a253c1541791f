"""Discovery of the certificates in AWS Certificate Manager: each due scope is scanned as a whole."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from certctl.connectors.aws.certificate_manager import CertificateManager
from certctl.domain.catalog.defaults import DEFAULT_TEAM
from certctl.domain.errors import AwsRefusal, Unavailable
from certctl.domain.inventory.acm import (
    INTERVAL,
    MOST_CERTIFICATES,
    RENEWED_BY,
    AcmCertificate,
    divided,
    fingerprints,
)
from certctl.domain.inventory.manifests import Found
from certctl.domain.inventory.observed import MAX_CHAIN
from certctl.domain.inventory.places import parse_place
from certctl.domain.inventory.scopes import Scope
from certctl.domain.inventory.sources import Source, SourceKind
from certctl.services.inventory.reports import RangeAnswer, Reports
from certctl.store.inventory.scopes import ScopeStore, SourceStore
from certctl.store.writes import Write
from certctl.unit_of_work.retry import retry_on_conflict

_SOURCE = "src-aws"
_NEEDS = timedelta(minutes=5)
"""A scan of 1,000 certificates at ten requests a second of each kind takes two minutes."""


@dataclass(frozen=True)
class Discovered:
    """What a run did. `left` counts due scopes that the next run begins with."""

    scopes: int = 0
    added: int = 0
    ended: int = 0
    left: int = 0

    def with_scope(self, answer: RangeAnswer) -> "Discovered":
        return Discovered(self.scopes + 1, self.added + answer.added, self.ended + answer.ended, self.left)


@dataclass(frozen=True)
class AcmDiscovery:
    scopes: ScopeStore
    sources: SourceStore
    reports: Reports
    manager: CertificateManager
    region: str
    now: Callable[[], datetime]

    def run(self, left: Callable[[], timedelta]) -> Discovered:
        """Scans the due scopes while there is time. Raises Unavailable, AwsRefusal after the failure is on
        record: what the scopes have stays."""
        known = self._known()
        if known and not any(map(self._is_due, known)):
            return Discovered()
        first = self._made(1)[0]
        try:
            return self._scan_due(divided(self.manager.arns(MOST_CERTIFICATES), len(known)), left)
        except ValueError as error:
            self.reports.failed(first.id, f"The account has {error} in this region.")
            return Discovered()
        except (Unavailable, AwsRefusal) as error:
            self.reports.failed(first.id, str(error))
            raise

    def _scan_due(self, parts: Sequence[Sequence[str]], left: Callable[[], timedelta]) -> Discovered:
        """The first scope last: from it certificates move to the others when they become 16."""
        pairs = list(zip(self._made(len(parts)), parts, strict=True))
        due = [pair for pair in reversed(pairs) if self._is_due(pair[0])]
        done = Discovered()
        for position, (scope, arns) in enumerate(due):
            if left() < _NEEDS:
                return Discovered(done.scopes, done.added, done.ended, len(due) - position)
            done = done.with_scope(self._scan(scope, arns))
        return done

    def _scan(self, scope: Scope, arns: Sequence[str]) -> RangeAnswer:
        read = list(filter(None, map(self.manager.read, arns)))
        ders = fingerprints(der for each in read for der in (each.certificate, *each.chain))
        found = [one for each in read for one in _found(each)]
        return self.reports.report(scope.id, found, ders, is_complete=True)

    def _is_due(self, scope: Scope) -> bool:
        return scope.due_at is None or scope.due_at <= self.now()

    def _known(self) -> list[Scope]:
        source = self.sources.get(_SOURCE)
        own = [each for each in source.scope_ids if each.startswith(self._prefix)] if source else []
        return self.scopes.get_many(own)

    @property
    def _prefix(self) -> str:
        return f"sc-aws-acm-{self.region}-"

    @retry_on_conflict
    def _made(self, number: int) -> list[Scope]:
        """The scopes of the region, in the order of their numbers; those that are missing are created."""
        wanted = [self._scope(position) for position in range(number)]
        known = {each.id: each for each in self.scopes.get_many(each.id for each in wanted)}
        missing = [each for each in wanted if each.id not in known]
        if missing:
            self.scopes.create(missing, self._in_source([each.id for each in wanted]))
        return [known.get(each.id, each) for each in wanted]

    def _scope(self, position: int) -> Scope:
        label = f"AWS Certificate Manager, {self.region}" + (f", part {position + 1}" if position else "")
        return Scope(
            f"{self._prefix}{position + 1}",
            _SOURCE,
            DEFAULT_TEAM,
            label,
            self.now(),
            interval=INTERVAL,
            due_at=self.now(),
        )

    def _in_source(self, scope_ids: Sequence[str]) -> Write:
        source = self.sources.get(_SOURCE)
        if source is not None:
            others = tuple(each for each in scope_ids if each not in source.scope_ids)
            return self.sources.scopes_step(source, (*source.scope_ids, *others))
        name = "AWS account of this stack"
        made = Source(_SOURCE, SourceKind.AWS, name, DEFAULT_TEAM, self.now(), tuple(scope_ids))
        return self.sources.create_step(made)


def _found(certificate: AcmCertificate) -> list[Found]:
    leaf, *chain = fingerprints((certificate.certificate, *certificate.chain[:MAX_CHAIN]))
    renewed_by = RENEWED_BY if certificate.is_renewed_by_aws else None
    places = map(parse_place, certificate.places())
    return [Found(place, leaf, tuple(chain), renewed_by) for place in places]
