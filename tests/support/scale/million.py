"""A million certificates of 47 days, and what each kind of work takes then."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from certctl_client.costs import work as counted
from tests.support.scale.quotas import QUOTAS, Quota, Work

CERTIFICATES = 1_000_000
LIFETIME_DAYS = 47
RENEWED_AFTER_DAYS = LIFETIME_DAYS * 2 / 3
"""The window is a third of the lifetime: docs/renewal.md."""
_HOUR, _DAY = 3600, 86_400
_REVOKED, _AGENTS = 100_000, 10_000
_FAILING = 0.01
"""The share of certificates whose renewal fails, and that are warned of."""
_CHANNELS = 2
_AGENT_POLLS = 300
_POLL = counted.AGENT_MONTH * (_AGENT_POLLS / (730 * _HOUR))
_POLLED = Work(_POLL, 0, _POLL.write_units)

ISSUED = Work(counted.ISSUED, 4, 24)
RENEWED = Work(counted.RENEWED, 4, 22)
REVOKED = Work(counted.REVOKED, 2, 7)
DELIVERED = Work(counted.DELIVERED, 0, 3)
KINDS: Mapping[str, Work] = {
    "issues": ISSUED,
    "renewals": RENEWED,
    "revocations": REVOKED,
    "deliveries": DELIVERED,
}
"""`shared_units`: those of the counters, held by tests/contract/docs/test_scale.py."""


@dataclass(frozen=True)
class Part:
    """So many `pieces` of work within so many `seconds`."""

    name: str
    work: Work
    pieces: float
    seconds: float

    @property
    def rate(self) -> float:
        return self.pieces / self.seconds


OF_THE_SCHEDULE = 3


def parts() -> Sequence[Part]:
    """Parts of the schedule, and then of its worst hours."""
    round_of_all = RENEWED_AFTER_DAYS * _DAY
    warned = CERTIFICATES * _FAILING * _CHANNELS
    return (
        Part("renewals, spread over 31.3 days", RENEWED, CERTIFICATES, round_of_all),
        Part("alerts: 1 % fail, two channels", DELIVERED, warned, round_of_all),
        Part("10,000 idle agents", _POLLED, _AGENTS, _AGENT_POLLS),
        Part("all issued within a day", ISSUED, CERTIFICATES, _DAY),
        Part("all renewed within a day, as they were issued", RENEWED, CERTIFICATES, _DAY),
        Part("100,000 revoked within an hour", REVOKED, _REVOKED, _HOUR),
        Part("their alerts, none folded, two channels", DELIVERED, _CHANNELS * _REVOKED, _HOUR),
    )


def load_table() -> str:
    """What each part takes a second, and the nearest quota."""
    head = (
        "| what | a second | write units | read units | in the counters' partition | KMS signatures "
        "| functions at once | API requests | SQS messages | nearest limit |\n"
    )
    return head + f"|{' --- |' * 10}\n" + "".join(_load_row(part) for part in parts())


def _load_row(part: Part) -> str:
    used, nearest = part.work.usage * part.rate, _nearest(part.work)
    amounts = (
        part.rate,
        used.write_units,
        used.read_units,
        part.work.shared_units * part.rate,
        used.signatures,
        used.gigabyte_seconds,
        used.http_requests,
        used.messages,
    )
    share = part.rate / (nearest.rate(part.work) or 1)
    cells = " | ".join(_short(amount) for amount in amounts)
    return f"| {part.name} | {cells} | {nearest.name}: {share:.1%} |\n"


def _nearest(work: Work) -> Quota:
    rates = {quota: rate for quota in QUOTAS if (rate := quota.rate(work)) is not None}
    return min(rates, key=lambda quota: rates[quota])


def quota_table() -> str:
    """The rate of each kind of work at which each quota binds, the lowest of a kind in bold."""
    head = f"| limit | amount | {' | '.join(f'{kind} a second' for kind in KINDS)} | what to do |\n"
    rows = (_quota_row(quota) for quota in QUOTAS)
    return head + f"|{' --- |' * (3 + len(KINDS))}\n" + "".join(rows)


def _quota_row(quota: Quota) -> str:
    cells = " | ".join(_bound(quota, work) for work in KINDS.values())
    name = quota.name if quota.source == "template.yaml" else f"[{quota.name}]({_link(quota.source)})"
    return f"| {name} | {quota.most:,.0f} | {cells} | {quota.mend} |\n"


def _link(source: str) -> str:
    return source.removeprefix("docs/")


def _bound(quota: Quota, work: Work) -> str:
    rate = quota.rate(work)
    if rate is None:
        return "-"
    return f"**{_short(rate)}**" if quota == _nearest(work) else _short(rate)


def _short(amount: float) -> str:
    if amount == 0:
        return "0"
    return f"{amount:,.0f}" if amount >= 10 else f"{amount:.2g}"


def words() -> str:
    """How long the worst hours take at the nearest limit."""
    return "".join(_sentence(part) for part in parts()[OF_THE_SCHEDULE:])


def _sentence(part: Part) -> str:
    nearest = _nearest(part.work)
    rate = nearest.rate(part.work) or 1
    hours = part.pieces / rate / _HOUR
    return f"- {part.name}: {nearest.name} binds first, at {_short(rate)} a second: {_short(hours)} hours.\n"


TABLES: Mapping[str, Callable[[], str]] = {
    "a million": load_table,
    "limits": quota_table,
    "in words": words,
}
"""The tables by the names of their marks on the page."""
