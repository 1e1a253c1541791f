"""The leaves in use that expire next, as a report names them: those that this stack manages come last."""

from bisect import insort
from dataclasses import dataclass
from datetime import datetime

from certctl.domain.inventory.census.traits import Renewer, renewer_of
from certctl.domain.inventory.observed import ObservedCertificate

SOONEST = 20


@dataclass(frozen=True, order=True)
class ExpiringLeaf:
    """In the order of the report."""

    is_managed: bool
    not_after: datetime
    fingerprint: str
    name: str
    renewer: Renewer


def expiring_leaf(certificate: ObservedCertificate) -> ExpiringLeaf:
    renewer, facts = renewer_of(certificate), certificate.facts
    is_managed = renewer is Renewer.MANAGED
    name = facts.first_name or facts.subject
    return ExpiringLeaf(is_managed, facts.not_after, certificate.fingerprint, name, renewer)


def insert(soonest: list[ExpiringLeaf], leaf: ExpiringLeaf) -> None:
    """Keeps the first SOONEST of a sorted list."""
    if len(soonest) < SOONEST or leaf < soonest[-1]:
        insort(soonest, leaf)
        del soonest[SOONEST:]
