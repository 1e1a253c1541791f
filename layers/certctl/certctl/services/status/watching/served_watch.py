"""Looks every five minutes at all URLs that certificates name, and measures what it saw (status.md sections 3
and 5). Alarms treat the absence of these metrics as a failure."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import batched

from certctl.domain.authorities.authorities import (
    CRL_VALIDITY,
    ROOT_CRL_VALIDITY,
    Authority,
    AuthorityState,
)
from certctl.domain.status.ocsp import RESPONDER_VALIDITY, ROOT_RESPONDER_VALIDITY
from certctl.domain.status.served import ServedUrl
from certctl.observability import logger, measure
from certctl.services.status.watching.served import CERTIFICATE, RESPONDER, Head, ServedUrls, WatchedUrl
from certctl.store.authorities.authorities import AuthorityStore
from certctl.store.paging import in_parallel
from certctl.store.status.served_log import ServedByName, ServedLog

_AT_ONCE = 8
_LEAST = timedelta(seconds=5)
"""In each run, also after a flood of revocations took its time."""
_LONG_AGO = datetime.min.replace(tzinfo=UTC)


class ServedWatch:
    def __init__(
        self,
        authorities: AuthorityStore,
        log: ServedLog,
        urls: ServedUrls,
        now: Callable[[], datetime],
    ) -> None:
        self._authorities = authorities
        self._log = log
        self._urls = urls
        self._now = now

    def look(self, until: datetime) -> None:
        """At the URLs that are due, the oldest look first, until that moment; the next run goes on. Raises
        Unavailable."""
        watched = list(self._watched(self._log.all()))
        looks = self._look_at(_due(watched, self._now()), max(until, self._now() + _LEAST))
        after = [replace(each, before=looks.get(_place(each), each.before)) for each in watched]
        for ca_id in {ca_id for ca_id, _ in looks}:
            self._log.keep(ca_id, _of_ca(after, ca_id))
        self._measure(after)

    def _watched(self, known: Mapping[str, ServedByName]) -> Iterator[WatchedUrl]:
        """No certificate names a URL of a pending CA, or a shard that is being added."""
        for authority in self._authorities.all():
            if authority.state in (AuthorityState.ACTIVE, AuthorityState.RETIRING):
                yield from self._of_authority(authority, known.get(authority.ca_id, {}))

    def _of_authority(self, authority: Authority, known: ServedByName) -> Iterator[WatchedUrl]:
        for shard in self._authorities.shards(authority.ca_id):
            if not shard.is_being_added:
                yield WatchedUrl(authority, shard.shard, shard.url, shard, known.get(shard.shard))
        yield WatchedUrl(authority, CERTIFICATE, authority.certificate_url, None, known.get(CERTIFICATE))
        if authority.ocsp_url is not None:
            yield WatchedUrl(authority, RESPONDER, authority.ocsp_url, None, known.get(RESPONDER))

    def _look_at(self, due: Sequence[WatchedUrl], until: datetime) -> dict[tuple[str, str], ServedUrl]:
        looks: dict[tuple[str, str], ServedUrl] = {}
        for each, head in self._headed(due, until):
            if self._now() >= until:
                break
            looks[_place(each)] = self._urls.look(each, head)
        if len(looks) < len(due):
            logger.info("the next run looks at the rest", extra={"count": len(due) - len(looks)})
        return looks

    def _headed(self, due: Sequence[WatchedUrl], until: datetime) -> Iterator[tuple[WatchedUrl, Head]]:
        for some in batched(due, _AT_ONCE, strict=False):
            if self._now() >= until:
                return
            heads = in_parallel(*[partial(self._urls.head, each) for each in some])
            yield from zip(some, heads, strict=True)

    def _measure(self, watched: Sequence[WatchedUrl]) -> None:
        """Nothing if a URL was not looked at for ten minutes: no figure would be true."""
        now = self._now()
        looks = [_Look(each, each.before) for each in watched if each.before is not None]
        recent = [look for look in looks if not look.seen.is_forgotten(now)]
        if len(recent) < len(watched):
            logger.warning("URLs were not looked at", extra={"count": len(watched) - len(recent)})
            return
        measure("Seconds", _seconds_left(recent, now))
        faulty = [look.is_answer for look in recent if look.seen.fault is not None]
        measure("Count", {"ServedOcspOk": int(True not in faulty), "ServedFilesWrong": faulty.count(False)})


@dataclass(frozen=True)
class _Look:
    watched: WatchedUrl
    seen: ServedUrl

    @property
    def is_answer(self) -> bool:
        return self.watched.name == RESPONDER

    @property
    def is_crl(self) -> bool:
        return self.watched.shard is not None

    @property
    def role(self) -> str:
        return self.watched.authority.role


def _seconds_left(looks: Sequence[_Look], now: datetime) -> dict[str, float]:
    issuing = [look for look in looks if look.role == "issuing"]
    root = [look for look in looks if look.role == "root"]
    return {
        "ServedCrlSecondsLeft": _shortest(_crls_left(issuing, now), CRL_VALIDITY),
        "ServedRootCrlSecondsLeft": _shortest(_crls_left(root, now), ROOT_CRL_VALIDITY),
        "ServedOcspCertificateSecondsLeft": _shortest(_signers_left(issuing, now), RESPONDER_VALIDITY),
        "ServedRootOcspCertificateSecondsLeft": _shortest(_signers_left(root, now), ROOT_RESPONDER_VALIDITY),
    }


def _crls_left(looks: Sequence[_Look], now: datetime) -> list[timedelta]:
    return [look.seen.left(now) for look in looks if look.is_crl]


def _signers_left(looks: Sequence[_Look], now: datetime) -> list[timedelta]:
    """Of a responder that gives no answer, what is left of the last one: ServedOcspOk has the failure."""
    return [look.seen.ends - now for look in looks if look.is_answer and look.seen.ends]


def _due(watched: Iterable[WatchedUrl], now: datetime) -> list[WatchedUrl]:
    due = [each for each in watched if each.before is None or each.before.is_due(now)]
    return sorted(due, key=lambda each: each.before.looked_at if each.before else _LONG_AGO)


def _place(watched: WatchedUrl) -> tuple[str, str]:
    return watched.authority.ca_id, watched.name


def _of_ca(watched: Iterable[WatchedUrl], ca_id: str) -> dict[str, ServedUrl]:
    mine = [each for each in watched if each.authority.ca_id == ca_id]
    return {each.name: each.before for each in mine if each.before is not None}


def _shortest(left: Iterable[timedelta], whole: timedelta) -> float:
    """The whole validity if nothing is served yet that could expire."""
    return min(left, default=whole).total_seconds()
