"""Requests to status_watch to look at a CRL again, as messages of a queue."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from certctl.domain.times import from_millis, to_millis


@dataclass(frozen=True)
class LastLooks:
    """When the last look by each way began of which all that it did not see was really asked for."""

    crl: datetime | None = None
    ocsp: datetime | None = None

    def or_later(self, other: "LastLooks") -> "LastLooks":
        return LastLooks(_later(self.crl, other.crl), _later(self.ocsp, other.ocsp))


@dataclass(frozen=True)
class StatusCheck:
    """A check of one CRL and its revocations that are due. `looked` is what the sender knows: the next
    process has not seen the last look."""

    ca_id: str
    shard: str
    looked: LastLooks = LastLooks()

    @property
    def body(self) -> dict[str, Any]:
        moments = {"crl": self.looked.crl, "ocsp": self.looked.ocsp}
        looked = {way: to_millis(moment) for way, moment in moments.items() if moment}
        return {"ca_id": self.ca_id, "shard": self.shard, "looked": looked}


def status_check(body: Mapping[str, Any]) -> StatusCheck:
    """Raises KeyError, TypeError or ValueError for another message."""
    moments = {way: from_millis(int(millis)) for way, millis in body.get("looked", {}).items()}
    return StatusCheck(str(body["ca_id"]), str(body["shard"]), LastLooks(**moments))


def merged(checks: Iterable[StatusCheck]) -> list[StatusCheck]:
    """Each CRL once."""
    found: dict[tuple[str, str], LastLooks] = {}
    for check in checks:
        place = (check.ca_id, check.shard)
        found[place] = check.looked.or_later(found.get(place, LastLooks()))
    return [StatusCheck(*place, looked) for place, looked in found.items()]


def _later(one: datetime | None, other: datetime | None) -> datetime | None:
    return max((moment for moment in (one, other) if moment is not None), default=None)
