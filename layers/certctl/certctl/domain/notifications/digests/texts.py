"""The text of a weekly digest, which every channel shows in its own form: lines, without markup."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from urllib.parse import urlencode

from certctl.domain.catalog.record_kinds import Kind
from certctl.domain.durations import counted, left
from certctl.domain.notifications.alerts import Alert
from certctl.domain.notifications.digests.content import (
    AHEAD,
    Addressee,
    Digest,
    DigestFilters,
    DigestRow,
    DigestSection,
)
from certctl.domain.notifications.digests.settings import DigestList
from certctl.domain.notifications.statuses import NotificationType, Severity
from certctl.domain.notifications.subjects import AlertSubject, SubjectKind
from certctl.domain.times import to_wire

type Names = Mapping[tuple[Kind, str], str]
"""The names of owners and teams; an id stands in for a name that is unknown."""

_UNITS: Mapping[DigestList, str] = {
    DigestList.EXPIRING: "certificate",
    DigestList.UNMANAGED: "unmanaged certificate",
    DigestList.UNOWNED: "unmanaged certificate",
    DigestList.ENDPOINTS: "endpoint",
    DigestList.SOURCES: "source",
}
_ABOUT: Mapping[DigestList, str] = {
    DigestList.EXPIRING: f"to renew by hand: expired last week, or expiring within {AHEAD.days} days",
    DigestList.UNMANAGED: f"expired, or expiring within {AHEAD.days} days",
    DigestList.UNOWNED: f"without an owner: expired, or expiring within {AHEAD.days} days",
    DigestList.ENDPOINTS: "with open findings",
    DigestList.SOURCES: "without reports",
}


@dataclass(frozen=True)
class DigestText:
    """`dashboard` is the dashboard's URL; without one, only commands show the lists."""

    digest: Digest
    names: Names = field(default_factory=dict)
    dashboard: str = ""

    @property
    def title(self) -> str:
        parts = ", ".join(_number(section) for section in self.digest.sections)
        return f"Weekly digest of {self.digest.addressee.name}: {parts or 'nothing to do'}"

    @property
    def body(self) -> str:
        if self.digest.is_empty:
            return "Nothing expires without a renewal, and nothing is open."
        return "\n\n".join("\n".join(self._lines(section)) for section in self.digest.sections)

    def alert(self, week: str) -> Alert:
        """The digest of a week as an alert, which opens no incident."""
        subject = subject_of(self.digest.addressee, week)
        return Alert(NotificationType.DIGEST, Severity.INFO, subject, self.title, self.body)

    def _lines(self, section: DigestSection) -> Iterator[str]:
        yield f"{_number(section)} {_ABOUT[section.list]}"
        yield from (self._row(section.list, row) for row in section.rows)
        if section.unnamed:
            yield f"- and {section.unnamed:,} more"
        lists = ListOf(section.list, DigestFilters(self.digest.addressee, self.digest.made_at))
        yield from (f"{label}: {each}" for label, each in lists.ways(self.dashboard))

    def _row(self, list_: DigestList, row: DigestRow) -> str:
        when = _when(list_, row.at, self.digest.made_at)
        parts = [part for part in (when, row.note, self._whose(row)) if part]
        return f"- {row.name}: {', '.join(parts)}"

    def _whose(self, row: DigestRow) -> str:
        """The owner in a team's digest, the team in an owner's."""
        if self.digest.addressee.is_owner:
            return f"team {self._name(Kind.TEAM, row.team_id)}" if row.team_id else ""
        return f"owner {self._name(Kind.OWNER, row.owner_id)}" if row.owner_id else ""

    def _name(self, kind: Kind, record_id: str) -> str:
        return self.names.get((kind, record_id)) or record_id


def subject_of(addressee: Addressee, week: str) -> AlertSubject:
    """The subject of a week's digest."""
    return AlertSubject(
        SubjectKind.OWNER if addressee.is_owner else SubjectKind.TEAM,
        id=addressee.id,
        team_id=addressee.team_id,
        owner_id=addressee.owner_id or "",
        incident=f"{addressee.key}/{week}",
        name=addressee.name,
    )


@dataclass(frozen=True)
class ListOf:
    """Where the whole list of a section is, with exactly its number of records."""

    list: DigestList
    filters: DigestFilters

    def ways(self, dashboard: str) -> Iterator[tuple[str, str]]:
        if dashboard and self.path:
            yield "All", f"{dashboard}{self.path}"
        yield "Command", self.command

    @property
    def path(self) -> str:
        """The dashboard's page; empty if there is none."""
        match self.list:
            case DigestList.EXPIRING:
                wanted = self.filters.expiring
                bounds = {"expires_after": wanted.expires_after, "expires_before": wanted.expires_before}
                times = {name: to_wire(at) for name, at in bounds.items() if at is not None}
                return self._page("certificates", "owner_id", "team_id", renewal="manual", **times)
            case DigestList.UNMANAGED:
                return self._page("inventory", "owner", "team", status="Unmanaged", expires=str(AHEAD.days))
            case DigestList.UNOWNED:
                query = {"status": "Unmanaged", "expires": str(AHEAD.days), "owned": "false"}
                return f"/inventory?{urlencode(query)}"
            case DigestList.ENDPOINTS:
                return self._page("endpoints", "owner", "team", finding="any")
        return ""

    @property
    def command(self) -> str:
        before = to_wire(self.filters.made_at + AHEAD)
        match self.list:
            case DigestList.EXPIRING:
                after = self.filters.expiring.expires_after
                bounds = f"--expires-after {to_wire(after)} " if after else ""
                return f"certctl certs list {self._whose} --renewal manual {bounds}--expires-before {before}"
            case DigestList.UNMANAGED:
                return f"certctl inventory list {self._whose} --status Unmanaged --expires-before {before}"
            case DigestList.UNOWNED:
                return f"certctl inventory list --unowned --status Unmanaged --expires-before {before}"
            case DigestList.ENDPOINTS:
                return f"certctl endpoints list {self._whose} --with-findings"
        return f"certctl inventory sources {self._whose} --silent"

    @property
    def _whose(self) -> str:
        """The option of the command line that limits a list."""
        about = self.filters.addressee
        return f"--{about.kind.value} {about.id}"

    def _page(self, page: str, of_owner: str, of_team: str, **others: str) -> str:
        about = self.filters.addressee
        query = {of_owner if about.is_owner else of_team: about.id, **others}
        return f"/{page}?{urlencode(query)}"


def _number(section: DigestSection) -> str:
    amount = counted(section.count, _UNITS[section.list])
    return amount if section.is_complete else f"at least {amount}"


def _when(list_: DigestList, at: datetime | None, now: datetime) -> str:
    if at is None:
        return ""
    day = f"{at:%Y-%m-%d}"
    if list_ in (DigestList.ENDPOINTS, DigestList.SOURCES):
        return f"since {day}" if list_ is DigestList.ENDPOINTS else f"last report of {day}"
    return f"expired on {day}" if at <= now else f"expires in {left(at - now)} ({day})"
