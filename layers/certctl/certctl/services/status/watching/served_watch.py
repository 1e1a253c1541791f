"""Looks every five minutes at all URLs that certificates name, and reports what it saw
(docs/revocation.md#what-is-served)."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import batched

from certctl.domain.authorities.authorities import CRL_LATE_WITH, ROOT_CRL_LATE_WITH, Authority
from certctl.domain.authorities.states import AuthorityState
from certctl.domain.insights.margins import USED_UP, Cause, of_age, of_time_left
from certctl.domain.status.ocsp import RESPONDER_LATE_WITH, ROOT_RESPONDER_LATE_WITH
from certctl.domain.status.served import FAULT_LASTS, ServedUrl, lasting
from certctl.observability import logger
from certctl.services.status.watching.served import CERTIFICATE, RESPONDER, Head, ServedUrls, WatchedUrl
from certctl.store.authorities.authorities import AuthorityStore
from certctl.store.paging import in_parallel
from certctl.store.status.served_log import ServedByName, ServedLog

_AT_ONCE = 8
_LEAST = timedelta(seconds=5)
"""The least time in each run, also after a flood of revocations took its time."""
_LONG_AGO = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True)
class ServedWatch:
    authorities: AuthorityStore
    log: ServedLog
    urls: ServedUrls
    now: Callable[[], datetime]

    def look(self, until: datetime) -> list[Cause]:
        """Looks at the URLs that are due, the oldest look first, until that moment; the next run goes on.
        Raises Unavailable."""
        watched = list(self._watched(self.log.all()))
        looks = self._look_at(_due(watched, self.now()), max(until, self.now() + _LEAST))
        after = [replace(each, before=looks.get(_place(each), each.before)) for each in watched]
        for ca_id in {ca_id for ca_id, _ in looks}:
            self.log.keep(ca_id, _of_ca(after, ca_id))
        return self._causes(after)

    def _watched(self, known: Mapping[str, ServedByName]) -> Iterator[WatchedUrl]:
        """No certificate names a URL of a pending CA, or a shard that is being added."""
        for authority in self.authorities.all():
            if authority.state in (AuthorityState.ACTIVE, AuthorityState.RETIRING):
                yield from self._of_authority(authority, known.get(authority.ca_id, {}))

    def _of_authority(self, authority: Authority, known: ServedByName) -> Iterator[WatchedUrl]:
        for shard in self.authorities.shards(authority.ca_id):
            if not shard.is_being_added:
                yield WatchedUrl(authority, shard.shard, shard.url, shard, known.get(shard.shard))
        yield WatchedUrl(authority, CERTIFICATE, authority.certificate_url, None, known.get(CERTIFICATE))
        if authority.ocsp_url is not None:
            yield WatchedUrl(authority, RESPONDER, authority.ocsp_url, None, known.get(RESPONDER))

    def _look_at(self, due: Sequence[WatchedUrl], until: datetime) -> dict[tuple[str, str], ServedUrl]:
        looks: dict[tuple[str, str], ServedUrl] = {}
        for each, head in self._headed(due, until):
            if self.now() >= until:
                break
            looks[_place(each)] = lasting(self.urls.look(each, head), each.before)
        if len(looks) < len(due):
            logger.info("the next run looks at the rest", extra={"count": len(due) - len(looks)})
        return looks

    def _headed(self, due: Sequence[WatchedUrl], until: datetime) -> Iterator[tuple[WatchedUrl, Head]]:
        for some in batched(due, _AT_ONCE, strict=False):
            if self.now() >= until:
                return
            heads = in_parallel(*[partial(self.urls.head, each) for each in some])
            yield from zip(some, heads, strict=True)

    def _causes(self, watched: Sequence[WatchedUrl]) -> list[Cause]:
        """A URL that was not looked at for ten minutes is a failure too: nothing true is known of it."""
        now = self.now()
        looks = [_Look(each, each.before) for each in watched if each.before is not None]
        recent = [look for look in looks if not look.seen.is_forgotten(now)]
        found = [cause for look in recent for cause in _causes_of(look, now)]
        if len(recent) == len(watched):
            return found
        logger.warning("URLs were not looked at", extra={"count": len(watched) - len(recent)})
        return [*found, Cause("served/unseen", USED_UP, "Nobody looked at what the PKI host serves")]


@dataclass(frozen=True)
class _Look:
    watched: WatchedUrl
    seen: ServedUrl

    @property
    def is_answer(self) -> bool:
        return self.watched.name == RESPONDER

    @property
    def ends(self) -> datetime | None:
        """The end of what was seen; for a responder that gives no answer, the end of the last answer's
        certificate."""
        return self.seen.ends if self.is_answer or self.watched.shard is not None else None

    @property
    def least(self) -> timedelta:
        """How long what it ends with has to be valid."""
        if self.watched.authority.role == "root":
            return ROOT_RESPONDER_LATE_WITH if self.is_answer else ROOT_CRL_LATE_WITH
        return RESPONDER_LATE_WITH if self.is_answer else CRL_LATE_WITH


def _causes_of(look: _Look, now: datetime) -> Iterator[Cause]:
    """One incident for each CA and kind of file: its CRLs fail together as a rule."""
    ca_id = look.watched.authority.ca_id
    kind, what = ("ocsp", "OCSP answers") if look.is_answer else ("files", "CRLs or certificates")
    if look.seen.failing_since is not None:
        age = of_age(now - look.seen.failing_since, FAULT_LASTS)
        yield Cause(f"served-{kind}/{ca_id}", age, f"{what} of {ca_id} are not served as published")
    if look.ends is not None:
        left = of_time_left(look.ends - now, look.least)
        yield Cause(
            f"served-{kind}-end/{ca_id}", left, f"{what} of {ca_id}, as they are served, end too soon"
        )


def _due(watched: Iterable[WatchedUrl], now: datetime) -> list[WatchedUrl]:
    due = [each for each in watched if each.before is None or each.before.is_due(now)]
    return sorted(due, key=lambda each: each.before.looked_at if each.before else _LONG_AGO)


def _place(watched: WatchedUrl) -> tuple[str, str]:
    return watched.authority.ca_id, watched.name


def _of_ca(watched: Iterable[WatchedUrl], ca_id: str) -> dict[str, ServedUrl]:
    mine = [each for each in watched if each.authority.ca_id == ca_id]
    return {each.name: each.before for each in mine if each.before is not None}
