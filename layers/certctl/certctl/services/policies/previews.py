"""Previews of policies: which existing certificates a draft would find in violation. Nothing is written."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from certctl.domain.access.permissions import Permission
from certctl.domain.access.principals import Principal
from certctl.domain.catalog.entries import Entry
from certctl.domain.catalog.record_kinds import Kind
from certctl.domain.certificates.certificates import Certificate
from certctl.domain.policies.policies import Policy
from certctl.domain.policies.previews import ForeseenViolation, PolicyFindings, foreseen
from certctl.observability import logger
from certctl.store.certificates.lists import CertificateIndexes
from certctl.store.insights.counters import CounterStore
from certctl.store.paging import Position, in_parallel, walk
from certctl.unit_of_work.catalog import CatalogRecords
from certctl.unit_of_work.policies.enforcement import facts_of, rule_places

_DRAFT = "policy-draft"


@dataclass(frozen=True)
class PolicyPreview:
    """`total` is the number of certificates in the stack, in whatever state; `next` is None at the end."""

    findings: PolicyFindings
    total: int
    next: Position | None


@dataclass(frozen=True)
class PolicyPreviews:
    records: CatalogRecords
    indexes: CertificateIndexes
    counters: CounterStore
    now: Callable[[], datetime]

    def page(self, caller: Principal, policy: Policy, position: Position | None, limit: int) -> PolicyPreview:
        """Examines at most `limit` certificates, in the order of their creation. Raises InvalidInput with the
        problems that saving the policy would have."""
        now = self.now()
        draft = Entry(Kind.POLICY, _DRAFT, _DRAFT, policy, now, now)
        self.records.check(caller, draft)
        walked, totals = in_parallel(
            lambda: walk(self.indexes.by_creation(now, newest_first=False), position, limit),
            self.counters.totals,
        )
        certificates = list(self.indexes.load([found.id for found in walked.found]).values())
        readable = [c for c in certificates if caller.reaches_team(Permission.CERTIFICATES_READ, c.team_id)]
        in_use = [c for c in readable if not c.lifecycle.has_ended]
        findings = self._findings(draft, in_use, len(certificates))
        return PolicyPreview(findings, max(totals.get("certificates", 0), 0), walked.next)

    def _findings(
        self, draft: Entry[Policy], certificates: Sequence[Certificate], examined: int
    ) -> PolicyFindings:
        book = self.records.book
        book.find_many([place for certificate in certificates for place in rule_places(certificate)])
        results = list(self._results(draft, certificates))
        violations = [violation for violation in results if violation is not None]
        return PolicyFindings(violations, examined, len(results), len(certificates) - len(results))

    def _results(
        self, draft: Entry[Policy], certificates: Sequence[Certificate]
    ) -> Iterator[ForeseenViolation | None]:
        for certificate in certificates:
            try:
                yield foreseen(draft, facts_of(self.records.book, certificate))
            except Exception:
                logger.exception("a certificate was not evaluated", extra={"certificate_id": certificate.id})
