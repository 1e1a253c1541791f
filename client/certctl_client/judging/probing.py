"""Probes endpoints and judges them, as a client of this machine that trusts the usual CAs and some more."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from certctl_client.judging.trust import trusting
from certctl_client.judging.verdicts import Judged, Wishes, judged
from certctl_client.probing.offers import contexts
from certctl_client.probing.prober import Prober
from certctl_client.probing.probes import Offer, Order, Probe
from certctl_client.probing.resolving import Resolver, resolved

BRIEFLY = (Offer.DEFAULT, Offer.TRUSTED)
THOROUGHLY = (*BRIEFLY, Offer.RSA, Offer.ECDSA, Offer.TLS_1_2, Offer.TLS_1_1, Offer.TLS_1_0)


@dataclass(frozen=True)
class Question:
    """`name` is what the certificate must be for; see `Wishes` for the rest."""

    order: Order
    name: str
    days: int
    issuer: str = ""


def judge_each(
    questions: Sequence[Question],
    cas: Iterable[Path],
    take: Callable[[int, Judged], None],
    resolve: Resolver = resolved,
) -> None:
    """Calls `take` with the number of each question and its result, in the order in which probes end. Raises
    ConfigurationError for a file of CAs."""
    prober = Prober({**contexts(), Offer.TRUSTED: trusting(cas)}, resolve)

    def judge(probe: Probe) -> None:
        number = int(probe.order.endpoint_id)
        asked = questions[number]
        wishes = Wishes(asked.name, asked.days, asked.issuer)
        take(number, judged(probe, wishes, datetime.now(UTC)))

    prober.run((replace(each.order, endpoint_id=str(n)) for n, each in enumerate(questions)), judge)
