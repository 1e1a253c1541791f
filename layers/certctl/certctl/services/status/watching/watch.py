"""Looks for revocations as relying parties do, and writes receipts: when a CRL and OCSP first show them.

Any number of looks may run at once: the first receipt stands. A look that ends before its receipt is written
costs time only: the revocation is due until then, and the schedule looks at all that are.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial
from itertools import batched
from math import ceil
from typing import Any

from certctl.connectors.http.failures import NotFetched
from certctl.crypto.status.crl import CrlInvalid
from certctl.crypto.status.ocsp_checking import OcspInvalid
from certctl.domain.authorities.authorities import Authority, CrlShard
from certctl.domain.insights.margins import USED_UP, Cause
from certctl.domain.status.checks import LastLooks, StatusCheck, merged
from certctl.domain.status.looks import FOUND_WITHIN, DueRevocation, Observation, Sighting, Way
from certctl.domain.status.propagation import overdue_now, propagations
from certctl.observability import logger
from certctl.services.status.watching.crls import WatchedCrls
from certctl.services.status.watching.ocsp import ServedAnswer, WatchedOcsp
from certctl.store.authorities.authorities import AuthorityStore
from certctl.store.paging import in_parallel
from certctl.store.revocation.receipts import ReceiptStore
from certctl.store.status.watch_log import WatchLog

_ROWS_OF_A_LOOK = 2_000
_ANSWERS_OF_A_LOOK = 50
_CRLS_AT_ONCE = 16
"""Whose due rows one step reads: those of a CA as a rule."""
_ENDS_OF_A_LOOK = 100
RUN = timedelta(seconds=60)
_LONGEST_LOOK = timedelta(seconds=25)
"""A CRL and answers have 10 s each, and the receipts follow. No look begins with less of the run left."""
_UNSEEN = "Nobody could look whether revocations are public"
_OVERDUE = "Revocations are not public in time"


@dataclass(frozen=True)
class WatchRun:
    """`receipts`: how many sightings it wrote. `due`: how many revocations it looked for and did not see by
    every way. `failed`: the CRLs whose revocations could not be looked for. `overdue`: how many revocations
    are not public in time, if it looked for all."""

    receipts: int
    due: int
    failed: tuple[str, ...] = ()
    overdue: int = 0

    @property
    def causes(self) -> list[Cause]:
        """The causes that failures to look are."""
        return [Cause("revocations/unseen", USED_UP, _UNSEEN)] if self.failed else []

    @property
    def delays(self) -> list[Cause]:
        """The alerts RevocationDelayed report them."""
        return [Cause("revocations/overdue", USED_UP, _OVERDUE)] if self.overdue else []


@dataclass(frozen=True)
class _Glance:
    """What one way showed, by serial. `began`: None unless every revocation was really looked for."""

    sightings: Mapping[str, Sighting] = field(default_factory=dict)
    began: datetime | None = None


@dataclass(frozen=True)
class _Look:
    """A look at the revocations of one CRL. `looked`: what is known of the last looks by each way."""

    observations: Sequence[Observation]
    looked: LastLooks
    receipts: int = 0

    @property
    def missing(self) -> list[Observation]:
        return [each for each in self.observations if not each.is_complete]


@dataclass(frozen=True)
class StatusWatch:
    """`send` sends a check to the queue after so many seconds, best effort."""

    authorities: AuthorityStore
    receipts: ReceiptStore
    log: WatchLog
    crls: WatchedCrls
    ocsp: WatchedOcsp
    send: Callable[[Mapping[str, Any], int], None]
    now: Callable[[], datetime]
    _looked: dict[tuple[str, str], LastLooks] = field(default_factory=dict, init=False)
    _planned: dict[tuple[str, str], datetime] = field(default_factory=dict, init=False)

    def look(self, checks: Iterable[StatusCheck], time_left: timedelta = RUN) -> WatchRun:
        """Looks at the CRLs of a batch, each once. Plans the next looks, and those that it has no time
        for."""
        looks, until = [], self._until(time_left)
        for check in merged(checks):
            if self.now() > until:
                self.send(check.body, 0)
                continue
            authority = self.authorities.get(check.ca_id)
            shard = self.authorities.shard(check.ca_id, check.shard)
            if authority is None or shard is None:
                logger.warning("a check of an unknown CRL", extra={"ca_id": check.ca_id})
                continue
            looks.append(look := self._look(authority, shard, check.looked, self._due(shard)))
            self._plan(shard, look)
        return _run(looks)

    def look_at_all(self, time_left: timedelta = RUN) -> WatchRun:
        """Looks at every CRL with revocations that are due, and counts those that are overdue. One that fails
        never stops the others, but then nothing is counted: that is an outage as well."""
        until = self._until(time_left)
        looks: list[_Look] = []
        failed: list[str] = []
        for some in batched(self._watched(), _CRLS_AT_ONCE, strict=False):
            due = in_parallel(*[partial(self._due_or_none, shard) for _, shard in some])
            for (authority, shard), rows in zip(some, due, strict=True):
                look = self._look_or_none(authority, shard, rows) if self.now() <= until else None
                looks.extend([look] if look else [])
                failed.extend([] if look else [shard.url])
        overdue = 0 if failed else self._count([each for look in looks for each in look.missing])
        return replace(_run(looks), failed=tuple(failed), overdue=overdue)

    def _until(self, time_left: timedelta) -> datetime:
        return self.now() + time_left - _LONGEST_LOOK

    def _watched(self) -> Iterator[tuple[Authority, CrlShard]]:
        for authority in self.authorities.all():
            shards = self.authorities.numbered_shards(authority.ca_id)
            yield from ((authority, shard) for shard in shards)

    def _due(self, shard: CrlShard) -> Sequence[DueRevocation]:
        return self.receipts.due(shard.ca_id, shard.shard, self.now(), _ROWS_OF_A_LOOK)

    def _due_or_none(self, shard: CrlShard) -> Sequence[DueRevocation] | None:
        try:
            return self._due(shard)
        except Exception:
            logger.exception("due revocations could not be read", extra={"crl_url": shard.url})
            return None

    def _look_or_none(
        self, authority: Authority, shard: CrlShard, rows: Sequence[DueRevocation] | None
    ) -> _Look | None:
        """The look; None if it failed, or the rows could not be read."""
        try:
            return self._look(authority, shard, LastLooks(), rows) if rows is not None else None
        except Exception:
            logger.exception("revocations were not looked for", extra={"crl_url": shard.url})
            return None

    def _look(
        self, authority: Authority, shard: CrlShard, reported: LastLooks, rows: Sequence[DueRevocation]
    ) -> _Look:
        place = (shard.ca_id, shard.shard)
        looked = reported.or_later(self._looked.get(place, LastLooks()))
        crl = self._at_crl(authority, shard, rows, looked.crl)
        ocsp = self._at_responder(authority, rows, looked.ocsp)
        has_responder = authority.ocsp_url is not None
        found = [_observation(row, has_responder, (crl, ocsp)) for row in rows]
        receipts = self._record([each for each in found if each.sightings])
        seen = [each.revocation for each in found if each.is_complete and not each.sightings]
        in_parallel(*[partial(self.receipts.close, row) for row in seen])
        if len(rows) < _ROWS_OF_A_LOOK:
            looked = self._looked[place] = LastLooks(crl.began or looked.crl, ocsp.began or looked.ocsp)
        return _Look(self._not_ended(found), looked, receipts)

    def _not_ended(self, found: Sequence[Observation]) -> Sequence[Observation]:
        """The observations without those whose certificate has expired, so that nothing has to show the
        revocation any more. Only the overdue ones are asked for, the oldest first: a CRL may still list the
        others."""
        now = self.now()
        overdue = [each.revocation for each in found if each.is_overdue(now)]
        ended = self.receipts.expired(overdue[:_ENDS_OF_A_LOOK], now)
        in_parallel(*[partial(self.receipts.end, row, now) for row in ended])
        if ended:
            logger.info("certificates expired before all was seen", extra={"count": len(ended)})
        gone = set(ended)
        return [each for each in found if each.revocation not in gone]

    def _at_crl(
        self, authority: Authority, shard: CrlShard, rows: Sequence[DueRevocation], looked: datetime | None
    ) -> _Glance:
        due = {row.serial: row for row in rows if row.crl_seen_at is None}
        if not due:
            return _Glance()
        began = self.now()
        try:
            crl = self.crls.fetch(authority, shard)
        except (NotFetched, CrlInvalid):
            logger.warning("no CRL is served", exc_info=True, extra={"crl_url": shard.url})
            return _Glance()
        number = crl.summary.number
        seen = {
            serial: Sighting(Way.CRL, crl.served_at, crl.sha256, _unseen(due[serial], looked), number)
            for serial in crl.lists(due)
        }
        return _Glance(seen, began)

    def _at_responder(
        self, authority: Authority, rows: Sequence[DueRevocation], looked: datetime | None
    ) -> _Glance:
        has_responder = authority.ocsp_url is not None
        due = [row for row in rows if Way.OCSP in row.waits_for(has_responder)]
        asked = due[:_ANSWERS_OF_A_LOOK]
        began = self.now()
        answers = in_parallel(*[partial(self._asked, authority, row.serial) for row in asked])
        seen = {
            row.serial: Sighting(Way.OCSP, found.served_at, found.sha256, _unseen(row, looked))
            for row, found in zip(asked, answers, strict=True)
            if found is not None and found.shows(row)
        }
        is_whole = bool(due) and len(asked) == len(due) and None not in answers
        return _Glance(seen, began if is_whole else None)

    def _asked(self, authority: Authority, serial: str) -> ServedAnswer | None:
        try:
            return self.ocsp.ask(authority, serial)
        except (NotFetched, OcspInvalid):
            logger.warning("OCSP gave no answer", exc_info=True, extra={"ca_id": authority.ca_id})
            return None

    def _record(self, seen: Sequence[Observation]) -> int:
        written = in_parallel(*[partial(self.receipts.record, each) for each in seen])
        recorded = [each for each, is_first in zip(seen, written, strict=True) if is_first]
        self.log.add(propagations(recorded))
        return sum(len(each.sightings) for each in recorded)

    def _plan(self, shard: CrlShard, look: _Look) -> None:
        """The next look for the youngest that are missing, unless this process has planned one for then."""
        now, place = self.now(), (shard.ca_id, shard.shard)
        moments = [moment for each in look.missing if (moment := each.revocation.next_look(now))]
        following = min(moments, default=None)
        planned = self._planned.get(place)
        if following is None or (planned is not None and now < planned <= following):
            return
        self._planned[place] = following
        check = StatusCheck(shard.ca_id, shard.shard, look.looked)
        self.send(check.body, ceil((following - now).total_seconds()))

    def _count(self, missing: Sequence[Observation]) -> int:
        known = [each.overdue for each in self.log.overdue()]
        found = overdue_now(missing, known, self.now())
        for each in found:
            if each not in known:
                self.log.keep(each)
        return sum(each.count for each in found)


def _observation(row: DueRevocation, has_responder: bool, glances: Iterable[_Glance]) -> Observation:
    found = (glance.sightings.get(row.serial) for glance in glances)
    sightings = tuple(sighting for sighting in found if sighting is not None)
    missing = row.waits_for(has_responder) - {sighting.way for sighting in sightings}
    return Observation(row, sightings, missing)


def _unseen(row: DueRevocation, looked: datetime | None) -> datetime | None:
    """The last look, if it was for this revocation too."""
    return looked if looked is not None and looked >= row.due_at + FOUND_WITHIN else None


def _run(looks: Sequence[_Look]) -> WatchRun:
    return WatchRun(sum(look.receipts for look in looks), sum(len(look.missing) for look in looks))
