"""One certificate in a campaign: what has been done for it, and what is to be done next (ADR 43).

The next move follows from stored records alone: a worker that stops anywhere is continued by another one.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import Enum, auto
from typing import Any

from certctl.domain.certificates.certificates import Certificate
from certctl.domain.certificates.statuses import Lifecycle, VersionState
from certctl.domain.certificates.versions import Version, newest_valid
from certctl.domain.errors import Conflict
from certctl.domain.jobs.statuses import JobStatus
from certctl.domain.revocation.campaign_clients import ClientProgress, progress_of
from certctl.domain.revocation.campaign_requests import Aim
from certctl.domain.revocation.states import ItemState

MAX_REKEYS = 3
HANDSHAKE = "handshake"
CLIENT = "acme"
"""The texts in place of the id of who verified an item."""
CLIENT_INSTALLS_WITHIN = timedelta(hours=1)
"""How long after its download the new version of an ACME client is taken to be in use."""
_MAX_ERROR = 256


@dataclass(frozen=True)
class CampaignItem:
    """`old_serials` are revoked at the end, and `old_keys` (SPKI SHA-256) are theirs. `verified_by` is the id
    of an actor, HANDSHAKE, or CLIENT."""

    certificate_id: str
    certificate_name: str
    team_id: str
    old_serials: tuple[str, ...]
    old_keys: tuple[str, ...]
    changed_at: datetime
    state: ItemState = ItemState.FOUND
    new_serial: str | None = None
    job_id: str | None = None
    rekeys: int = 0
    verified_by: str | None = None
    error: str | None = None
    is_asked: bool = False
    """Whether the owner was alerted that it needs a CSR or a renewal, and the incident is open."""
    window_until: datetime | None = None
    """When the window ends in which its ACME client is to renew; None if no client renews it, and before."""
    missed_window: bool = False
    """Whether an ACME client did not renew within the window: perhaps it does not look for windows (ARI)."""
    awaited_accounts: tuple[str, ...] = ()
    """The ACME accounts that have an old version in force and no replacement; an empty one is not known."""

    def becoming(self, state: ItemState, now: datetime, **fields: object) -> "CampaignItem":
        """Raises Conflict for a step that the states do not have."""
        if not self.state.can_become(state):
            raise Conflict(f"A certificate that is {self.state} in this campaign cannot become {state}.")
        named: dict[str, Any] = {"error": None, **fields}
        return replace(self, state=state, changed_at=now, **named)

    def failed(self, why: str, now: datetime) -> "CampaignItem":
        return self.becoming(ItemState.FAILED, now, error=why[:_MAX_ERROR])

    def verified(self, actor_id: str, now: datetime) -> "CampaignItem":
        """The item that a person verified. Raises Conflict if there is nothing new to verify."""
        if self.new_serial is None:
            raise Conflict("This certificate has no new version yet: there is nothing to verify.")
        return self.becoming(ItemState.VERIFIED, now, verified_by=actor_id)


@dataclass(frozen=True)
class TargetFacts:
    """An enabled target with an agent. `deployment` is the status of the last job that deploys the new
    version there; `is_looked_at`: this job is Completed only after a handshake has shown it."""

    id: str
    is_looked_at: bool
    deployment: JobStatus | None = None
    error: str | None = None


@dataclass(frozen=True)
class ItemFacts:
    """What is stored. `versions` are the unexpired ones, `revoked` the serials of those that are revoked for
    good. `key_types` are those of versions (`RSA-2048`), if the campaign selects an algorithm.
    `unwatched` are mapped targets that no agent deploys to."""

    certificate: Certificate | None
    versions: Sequence[Version] = ()
    revoked: frozenset[str] = frozenset()
    key_types: Mapping[str, str] = field(default_factory=dict)
    targets: Sequence[TargetFacts] = ()
    unwatched: Sequence[str] = ()


class Act(Enum):
    """NOTE: only the item changes. The other acts are done before the item is stored, and are idempotent."""

    WAIT = auto()
    NOTE = auto()
    REKEY = auto()
    MOVE_WINDOW = auto()
    DEPLOY = auto()
    REVOKE = auto()


@dataclass(frozen=True)
class Move:
    """`item` is stored after the act; `of` are the targets to deploy to, or the serials to revoke."""

    act: Act
    item: CampaignItem
    of: tuple[str, ...] = ()


def item_of(certificate: Certificate, facts: ItemFacts, aim: Aim, now: datetime) -> CampaignItem | None:
    """The item of a certificate; None if no version in force is an old one."""
    old = [v for v in _in_force(facts, now) if aim.selects(v, facts.key_types.get(v.serial_number))]
    if not old:
        return None
    return CampaignItem(
        certificate_id=certificate.id,
        certificate_name=certificate.name,
        team_id=certificate.team_id,
        old_serials=tuple(sorted(v.serial_number for v in old)),
        old_keys=tuple(sorted({v.spki_sha256 for v in old})),
        changed_at=now,
    )


def next_move(
    item: CampaignItem,
    facts: ItemFacts,
    aim: Aim,
    now: datetime,
    *,
    revokes_now: bool,
    window_until: datetime | None = None,
) -> Move:
    """`revokes_now`: the deadline has come, and the old versions are revoked wherever they are served.
    `window_until` is the end of the window that ACME clients get; now if it is None."""
    if item.state in (ItemState.REVOKED, ItemState.SKIPPED):
        return Move(Act.WAIT, item)
    left = _left(item, facts, now)
    if not left:
        return Move(Act.NOTE, _without_old(item, facts, now, revokes_now=revokes_now))
    if revokes_now:
        return Move(Act.REVOKE, item.becoming(ItemState.REVOKED, now), left)
    if item.state is ItemState.FAILED:
        return Move(Act.WAIT, item)
    return _next_of_open(item, facts, aim, left, window_until or now, now)


def _next_of_open(
    item: CampaignItem,
    facts: ItemFacts,
    aim: Aim,
    left: tuple[str, ...],
    window_until: datetime,
    now: datetime,
) -> Move:
    certificate = facts.certificate
    if certificate is None or certificate.lifecycle.has_ended:
        ended = "gone" if certificate is None else certificate.lifecycle.value
        why = f"the record is {ended}, so nothing is issued; revoke what is in force"
        return Move(Act.NOTE, item.failed(why, now))
    if certificate.lifecycle is Lifecycle.ON_HOLD:
        return Move(Act.WAIT, item)
    if item.state in (ItemState.FOUND, ItemState.REKEYING):
        if certificate.acme is not None:
            return _after_move(item, certificate, facts, aim, window_until, now)
        return _after_rekey(item, certificate, facts, aim, now)
    if item.new_serial in facts.revoked:
        return Move(Act.NOTE, item.failed(f"the new version {item.new_serial} was revoked", now))
    if item.state is ItemState.ISSUED:
        return _after_issue(item, certificate, facts, aim, now)
    if item.state is ItemState.DEPLOYED:
        return _after_deployment(item, facts, aim, now)
    return Move(Act.REVOKE, item.becoming(ItemState.REVOKED, now), left)


def _without_old(item: CampaignItem, facts: ItemFacts, now: datetime, *, revokes_now: bool) -> CampaignItem:
    """The item once its old versions have expired, or were revoked: by this campaign only once the item was
    verified, or at the deadline. The error of a failed one stays."""
    is_ours = item.state is ItemState.VERIFIED or (
        revokes_now and not facts.revoked.isdisjoint(item.old_serials)
    )
    state = ItemState.REVOKED if is_ours else ItemState.SKIPPED
    return item.becoming(state, now, error=item.error)


def _after_rekey(
    item: CampaignItem, certificate: Certificate, facts: ItemFacts, aim: Aim, now: datetime
) -> Move:
    new = _replacement(item, facts, aim, now)
    if new is not None:
        return Move(Act.NOTE, item.becoming(ItemState.ISSUED, now, new_serial=new))
    if certificate.open_job_id is not None:
        return _awaiting(item, certificate.open_job_id, now)
    if item.rekeys >= MAX_REKEYS:
        why = certificate.last_failure or "no version with another key, CA or algorithm was issued"
        return Move(Act.NOTE, item.failed(why, now))
    return Move(Act.REKEY, item.becoming(ItemState.REKEYING, now, rekeys=item.rekeys + 1))


def _after_move(
    item: CampaignItem,
    certificate: Certificate,
    facts: ItemFacts,
    aim: Aim,
    window_until: datetime,
    now: datetime,
) -> Move:
    """The window is moved once: a client that renews with an old key would otherwise repeat that for ever.
    Then a version of each client is awaited, without a limit. A window that ends sooner stays as it is."""
    progress = _progress(item, facts, aim, now)
    new = _replacement(item, facts, aim, now)
    if progress.is_ordered:
        return Move(Act.NOTE, item.becoming(ItemState.ISSUED, now, new_serial=new, awaited_accounts=()))
    if item.window_until is None:
        waiting = item.becoming(ItemState.REKEYING, now, window_until=window_until)
        is_moved = _has_window(certificate, _old(item, facts, now), window_until)
        return Move(Act.NOTE if is_moved else Act.MOVE_WINDOW, waiting)
    if (item.new_serial, item.awaited_accounts) != (new, progress.awaited):
        return Move(
            Act.NOTE,
            item.becoming(ItemState.REKEYING, now, new_serial=new, awaited_accounts=progress.awaited),
        )
    if now > item.window_until and not item.missed_window:
        return Move(Act.NOTE, item.becoming(ItemState.REKEYING, now, missed_window=True))
    return Move(Act.WAIT, item)


def _awaiting(item: CampaignItem, job_id: str, now: datetime) -> Move:
    """A job that somebody else has opened, or a worker that stopped before it stored that: it is adopted."""
    if item.job_id == job_id:
        return Move(Act.WAIT, item)
    return Move(Act.NOTE, item.becoming(ItemState.REKEYING, now, job_id=job_id))


def _after_issue(
    item: CampaignItem, certificate: Certificate, facts: ItemFacts, aim: Aim, now: datetime
) -> Move:
    newest = _replacement(item, facts, aim, now)
    if newest is not None and newest != item.new_serial:
        return Move(Act.NOTE, item.becoming(ItemState.ISSUED, now, new_serial=newest))
    if certificate.acme is not None:
        downloaded = _progress(item, facts, aim, now).downloaded_at is not None
        return Move(Act.NOTE, item.becoming(ItemState.DEPLOYED, now)) if downloaded else Move(Act.WAIT, item)
    failed = next((t for t in facts.targets if t.deployment in _UNSUCCESSFUL), None)
    if failed is not None:
        why = f"{failed.id}: {failed.error or f'the deployment is {failed.deployment}'}"
        return Move(Act.NOTE, item.failed(why, now))
    missing = tuple(target.id for target in facts.targets if target.deployment is None)
    if missing and certificate.serial_number == item.new_serial:
        return Move(Act.DEPLOY, item, missing)
    if any(target.deployment is not JobStatus.COMPLETED for target in facts.targets):
        return Move(Act.WAIT, item)
    return Move(Act.NOTE, item.becoming(ItemState.DEPLOYED, now))


def _after_deployment(item: CampaignItem, facts: ItemFacts, aim: Aim, now: datetime) -> Move:
    """Verified if each of its targets was looked at, or once each ACME client has had the time to install its
    own; else a person has to look."""
    if facts.certificate is not None and facts.certificate.acme is not None:
        downloaded_at = _progress(item, facts, aim, now).downloaded_at
        if downloaded_at is None or now < downloaded_at + CLIENT_INSTALLS_WITHIN:
            return Move(Act.WAIT, item)
        return Move(Act.NOTE, item.becoming(ItemState.VERIFIED, now, verified_by=CLIENT))
    if not facts.targets or facts.unwatched or not all(t.is_looked_at for t in facts.targets):
        return Move(Act.WAIT, item)
    return Move(Act.NOTE, item.becoming(ItemState.VERIFIED, now, verified_by=HANDSHAKE))


def _progress(item: CampaignItem, facts: ItemFacts, aim: Aim, now: datetime) -> ClientProgress:
    """Whether each ACME client of the record has replaced its old version."""
    others = [each for each in _others(item, facts, aim) if newest_valid([each], facts.revoked, now)]
    return progress_of(_old(item, facts, now), others)


def _old(item: CampaignItem, facts: ItemFacts, now: datetime) -> list[Version]:
    return [each for each in _in_force(facts, now) if each.serial_number in item.old_serials]


def _has_window(certificate: Certificate, old: Sequence[Version], until: datetime) -> bool:
    """Whether all of them are in a window that ends as soon: of another campaign, or of a worker that stopped
    after it had moved it. Versions of after the beginning of a window are not in it."""
    begins, ends = certificate.ari_start, certificate.ari_end
    if begins is None or ends is None or ends > until:
        return False
    return all(each.created_at <= begins for each in old)


_UNSUCCESSFUL = (JobStatus.FAILED, JobStatus.CANCELLED)


def _replacement(item: CampaignItem, facts: ItemFacts, aim: Aim, now: datetime) -> str | None:
    """The serial of the current version, or else of the one that is valid longest, if it is no old one."""
    others = _others(item, facts, aim)
    current = facts.certificate.serial_number if facts.certificate else None
    at_once = [version for version in others if version.serial_number == current]
    newest = newest_valid(at_once, facts.revoked, now) or newest_valid(others, facts.revoked, now)
    return newest.serial_number if newest else None


def _others(item: CampaignItem, facts: ItemFacts, aim: Aim) -> list[Version]:
    """The versions that may replace an old one. One that an ACME client ordered may keep its key, unless the
    key is what has to go."""
    is_of_client = facts.certificate is not None and facts.certificate.acme is not None
    may_keep_key = is_of_client and not aim.needs_new_keys
    return [
        version
        for version in facts.versions
        if version.serial_number not in item.old_serials
        and (may_keep_key or version.spki_sha256 not in item.old_keys)
        and not aim.excludes(version, facts.key_types.get(version.serial_number))
    ]


def _left(item: CampaignItem, facts: ItemFacts, now: datetime) -> tuple[str, ...]:
    """The old versions that are in force."""
    serials = {version.serial_number for version in _in_force(facts, now)}
    return tuple(serial for serial in item.old_serials if serial in serials)


def _in_force(facts: ItemFacts, now: datetime) -> list[Version]:
    return [
        version
        for version in facts.versions
        if version.state is VersionState.ISSUED
        and version.not_after > now
        and version.serial_number not in facts.revoked
    ]


@dataclass(frozen=True)
class ItemFilter:
    """The items of a list; None matches any."""

    state: ItemState | None = None
    missed_window: bool | None = None

    @property
    def is_any(self) -> bool:
        return self == ItemFilter()

    def matches(self, item: CampaignItem) -> bool:
        is_in_state = self.state in (None, item.state)
        return is_in_state and self.missed_window in (None, item.missed_window)
