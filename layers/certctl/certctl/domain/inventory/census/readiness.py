"""What an inventory has to change before certificates live for 47 days: rows of a report, each with what can
be done."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from certctl.domain.inventory.census.counting import TODAY
from certctl.domain.inventory.census.figures import Figures
from certctl.domain.inventory.census.traits import LIMITS, CertificateTrait, Renewer


class ReadinessAct(StrEnum):
    """CAMPAIGN replaces managed certificates, CHECK_PROGRAM is done where another program renews, REQUEST has
    this stack issue a certificate with the same names."""

    CAMPAIGN = "campaign"
    CHECK_PROGRAM = "check_program"
    REQUEST = "request"


_ACTS = {
    Renewer.MANAGED: ReadinessAct.CAMPAIGN,
    Renewer.PROGRAM: ReadinessAct.CHECK_PROGRAM,
    Renewer.NOBODY: ReadinessAct.REQUEST,
}
_NO_FAULT = (CertificateTrait.POST_QUANTUM,)


@dataclass(frozen=True)
class ReadinessRow:
    trait: CertificateTrait
    by_renewer: Mapping[Renewer, int]

    @property
    def acts(self) -> list[ReadinessAct]:
        """One for each kind of renewer that has such certificates."""
        if self.trait in _NO_FAULT:
            return []
        return [act for renewer, act in _ACTS.items() if self.by_renewer[renewer]]


@dataclass(frozen=True)
class YearOfRenewals:
    """Renewals a year if lifetimes have this limit, which holds from a day on; None for today's lifetimes."""

    limit_days: int | None
    since: date | None
    by_renewer: Mapping[Renewer, int]


def rows_of(figures: Figures) -> list[ReadinessRow]:
    return [ReadinessRow(trait, figures.with_trait(trait)) for trait in CertificateTrait]


def years_of(figures: Figures) -> list[YearOfRenewals]:
    limited = [YearOfRenewals(days, since, figures.renewals(days)) for days, since in LIMITS.items()]
    return [YearOfRenewals(None, None, figures.renewals(TODAY)), *limited]
