"""How long published CRLs and responders' certificates are still valid; the run of each minute, which
measures it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from itertools import chain

from certctl.domain.authorities.authorities import CRL_LATE_WITH, ROOT_CRL_LATE_WITH, Authority, CrlShard
from certctl.domain.authorities.states import AuthorityState
from certctl.domain.insights.margins import Cause, of_time_left
from certctl.domain.status.ocsp import RESPONDER_LATE_WITH, ROOT_RESPONDER_LATE_WITH, StoredResponder
from certctl.services.status.crl_runs import CrlRun, CrlRuns
from certctl.services.status.ocsp_responders import OcspResponders, ResponderRun
from certctl.store.authorities.authorities import AuthorityStore
from certctl.store.paging import in_parallel
from certctl.store.status.ocsp_responders import ResponderStore

_PROMISING = (AuthorityState.ACTIVE, AuthorityState.RETIRING)


@dataclass(frozen=True)
class PublishedCauses:
    """Reads what was recorded when they were published, not the objects; the root's too, which stack_admin
    publishes."""

    authorities: AuthorityStore
    responders: ResponderStore
    now: Callable[[], datetime]

    def all(self) -> Sequence[Cause]:
        """No certificate names a pending CA's CRL; a retired one's may expire. Raises Unavailable."""
        promising = [each for each in self.authorities.all() if each.state in _PROMISING]
        shards = [partial(self.authorities.shards, each.ca_id) for each in promising]
        responders = [partial(self.responders.get, each.ca_id) for each in promising]
        published, signing = in_parallel(lambda: in_parallel(*shards), lambda: in_parallel(*responders))
        now = self.now()
        crls = [_crls(each, found, now) for each, found in zip(promising, published, strict=True)]
        signers = [_responder(each, found, now) for each, found in zip(promising, signing, strict=True)]
        return [*chain.from_iterable(crls), *chain.from_iterable(signers)]


def _crls(authority: Authority, shards: Sequence[CrlShard], now: datetime) -> list[Cause]:
    least = ROOT_CRL_LATE_WITH if authority.role == "root" else CRL_LATE_WITH
    ends = [shard.next_update or now for shard in shards if not shard.is_being_added]
    text = f"A published CRL of {authority.ca_id} ends too soon"
    return [Cause(f"published-crl/{authority.ca_id}", of_time_left(end - now, least), text) for end in ends]


def _responder(authority: Authority, found: StoredResponder | None, now: datetime) -> list[Cause]:
    """The cause of the responder; none before the first one, unless certificates name it."""
    if found is None and authority.ocsp_url is None:
        return []
    least = ROOT_RESPONDER_LATE_WITH if authority.role == "root" else RESPONDER_LATE_WITH
    left = found.not_after - now if found else timedelta(0)
    text = f"The certificate of the OCSP responder of {authority.ca_id} ends too soon"
    return [Cause(f"published-responder/{authority.ca_id}", of_time_left(left, least), text)]


@dataclass(frozen=True)
class ScheduledRun:
    crls: CrlRun
    responders: ResponderRun


@dataclass(frozen=True)
class PublishingSchedule:
    """Publishes what is due, then measures what is left of what is published, and records the run: `measure`
    and `record` take its causes."""

    runs: CrlRuns
    responders: OcspResponders
    published: PublishedCauses
    measure: Callable[[Sequence[Cause]], None]
    record: Callable[[Sequence[Cause]], None]

    def run(self, time_left: timedelta) -> ScheduledRun:
        """The CRLs first: clients that find no answer fall back on them. Raises Unavailable."""
        done = ScheduledRun(self.runs.publish_due(time_left), self.responders.renew_due())
        causes = [*self.published.all(), *done.crls.causes, *done.responders.causes]
        self.measure(causes)
        self.record(causes)
        return done
