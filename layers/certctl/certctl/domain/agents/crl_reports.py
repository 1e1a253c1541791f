"""What agents report about the CRLs that they have installed, and when that is an alert."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from certctl.domain.times import from_wire, to_wire

_STALE_WITH = 1 / 3
_FIRST_WITHIN = timedelta(hours=1)


@dataclass(frozen=True)
class InstalledCrl:
    """`issuer` is the CA's subject, as the agent wrote it."""

    issuer: str
    number: int
    this_update: datetime
    next_update: datetime

    @property
    def stale_at(self) -> datetime:
        """When a third of its validity is left: by then two days of renewals have failed."""
        return self.next_update - (self.next_update - self.this_update) * _STALE_WITH


@dataclass(frozen=True)
class CrlNews:
    """A report as an agent sends it, about one of its targets."""

    target_id: str
    crls: tuple[InstalledCrl, ...]
    problem: str


@dataclass(frozen=True)
class CrlReport:
    """The last report about a target of kind CRLBundle. It is sent again only if it changes, so an older one
    still holds while the agent is online. `problem` is why the CRLs are not up to date, empty if they are.
    `alerted_at` is set while an alert is open."""

    target_id: str
    agent_id: str
    crls: tuple[InstalledCrl, ...]
    problem: str
    reported_at: datetime
    alerted_at: datetime | None = None

    @property
    def ends_at(self) -> datetime | None:
        """When the server begins to refuse every client; None without CRLs."""
        return min((crl.next_update for crl in self.crls), default=None)

    def is_stale(self, now: datetime) -> bool:
        """True also if there has been none for an hour."""
        if not self.crls:
            return now >= self.reported_at + _FIRST_WITHIN
        return now >= min(crl.stale_at for crl in self.crls)


def crls_as_json(crls: Sequence[InstalledCrl]) -> str:
    return json.dumps([_record(crl) for crl in crls], separators=(",", ":"))


def crls_of(text: str) -> tuple[InstalledCrl, ...]:
    """Parses `crls_as_json`."""
    return tuple(
        InstalledCrl(
            each["issuer"],
            each["number"],
            from_wire(each["this_update"]),
            from_wire(each["next_update"]),
        )
        for each in json.loads(text)
    )


def _record(crl: InstalledCrl) -> dict[str, Any]:
    times = {"this_update": to_wire(crl.this_update), "next_update": to_wire(crl.next_update)}
    return {"issuer": crl.issuer, "number": crl.number, **times}
