"""The ACME clients that share a record: which of them has replaced its old version (ADR 96)."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from certctl.domain.certificates.versions import Version


@dataclass(frozen=True)
class ClientProgress:
    """The old versions that are in force, each with the version by which its client has replaced it; None if
    there is none yet."""

    pairs: Sequence[tuple[Version, Version | None]]

    @property
    def awaited(self) -> tuple[str, ...]:
        """The ACME accounts that have not replaced theirs; an empty one is not known."""
        return tuple(sorted({old.acme_account_id or "" for old, new in self.pairs if new is None}))

    @property
    def is_ordered(self) -> bool:
        return all(new is not None for _, new in self.pairs)

    @property
    def downloaded_at(self) -> datetime | None:
        """When the last client downloaded its new version; None until each has."""
        times = [new.downloaded_at if new else None for _, new in self.pairs]
        known = [each for each in times if each is not None]
        return max(known) if known and len(known) == len(times) else None


def progress_of(old: Sequence[Version], others: Sequence[Version]) -> ClientProgress:
    """A client is an ACME account, and the algorithm of its key where an account has old versions of several:
    mod_md has an RSA and an ECDSA certificate for the same names. `others` are valid and may replace an old
    one. A version of an unknown account replaces none, and none replaces it."""
    algorithms = defaultdict(set)
    for each in old:
        algorithms[each.acme_account_id].add(_algorithm(each))
    return ClientProgress(
        [(each, _replacement(each, others, len(algorithms[each.acme_account_id]))) for each in old]
    )


def _replacement(old: Version, others: Sequence[Version], algorithms: int) -> Version | None:
    """The newest of the same client, of those that it has downloaded if there are any."""
    own = [
        each
        for each in others
        if old.acme_account_id is not None
        and each.acme_account_id == old.acme_account_id
        and (algorithms == 1 or _algorithm(each) == _algorithm(old))
    ]
    return max(
        own,
        key=lambda each: (each.downloaded_at is not None, each.not_after, each.created_at),
        default=None,
    )


def _algorithm(version: Version) -> str:
    """`RSA` of `RSA-2048`."""
    return (version.key_type or "").partition("-")[0]
