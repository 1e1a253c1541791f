"""Previews of weekly digests on the wire."""

from typing import TYPE_CHECKING, TypedDict

from certctl.api.notifications.preview_schemas import RoutedChannelView
from certctl.domain.notifications.digests.settings import DigestList, DigestSetting
from certctl.domain.times import to_wire, to_wire_or_none

if TYPE_CHECKING:
    from certctl.domain.notifications.digests.content import DigestRow, DigestSection
    from certctl.domain.notifications.digests.texts import ListOf
    from certctl.services.notifications.digests.previews import DigestPreview

ABOUT_DIGEST_PREVIEW = (
    "What the weekly digest of an owner or a team would be now, and where it would go; without ids, that of "
    "the default owner, which has what nobody owns. It sends nothing. It has only records that the caller "
    "may read; the digest that is sent has all of the owner's or the team's."
)


class DigestRowView(TypedDict):
    """`at` is when it expires or expired, when the finding was raised, or when the source was last heard
    of."""

    id: str
    name: str
    at: str | None
    note: str
    owner_id: str | None
    team_id: str | None


class DigestSectionView(TypedDict):
    """`rows` are the first of `count` records. `href`, a page of the dashboard, and `command` show them
    all."""

    list: DigestList
    count: int
    complete: bool
    rows: list[DigestRowView]
    href: str | None
    command: str


class DigestPreviewView(TypedDict):
    """Nothing is sent if there are no `sections`, if `digest` is `off`, or without `destinations`."""

    name: str
    digest: DigestSetting
    next_at: str
    subject: str
    message: str
    sections: list[DigestSectionView]
    destinations: list[RoutedChannelView]


def digest_preview_view(preview: "DigestPreview") -> DigestPreviewView:
    digest, text = preview.digest, preview.text
    return DigestPreviewView(
        name=digest.addressee.name,
        digest=preview.setting,
        next_at=to_wire(preview.next_at),
        subject=text.title,
        message=text.body,
        sections=[_section_view(each, preview.whole_list(each.list)) for each in digest.sections],
        destinations=[
            RoutedChannelView(channel_id=each.id, kind=each.kind, recipient=each.recipient)
            for each in preview.channels
        ],
    )


def _section_view(section: "DigestSection", whole: "ListOf") -> DigestSectionView:
    return DigestSectionView(
        list=section.list,
        count=section.count,
        complete=section.is_complete,
        rows=[_row_view(each) for each in section.rows],
        href=whole.path or None,
        command=whole.command,
    )


def _row_view(row: "DigestRow") -> DigestRowView:
    return DigestRowView(
        id=row.id,
        name=row.name,
        at=to_wire_or_none(row.at),
        note=row.note,
        owner_id=row.owner_id or None,
        team_id=row.team_id or None,
    )
