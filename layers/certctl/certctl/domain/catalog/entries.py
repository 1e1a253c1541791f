"""Records of the catalog whatever their kinds: a reader of one kind needs no other."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from certctl.domain.audit.events import UNRECORDED
from certctl.domain.catalog.record_kinds import Kind


@dataclass(frozen=True)
class Entry[C]:
    """One record of the catalog. `content` has the fields of its kind; `revision` rises with every change and
    is `version` on the wire. From `deleting_since` on nothing new may refer to it, and it is hidden: the
    maintenance schedule deletes it once no request can still use a cached copy. `answerable`: the ids
    (`Requester.person`) of who made a service account, or wrote a trust rule since it admits the tokens that
    it does; empty for other kinds and in records of earlier releases, which have the last writer only."""

    kind: Kind
    id: str
    name: str
    content: C
    created_at: datetime
    updated_at: datetime
    team_id: str | None = None
    revision: int = 1
    deleting_since: datetime | None = None
    answerable: tuple[str, ...] = field(default=(), metadata=UNRECORDED)

    @property
    def is_deleting(self) -> bool:
        return self.deleting_since is not None


AnyEntry = Entry[Any]
