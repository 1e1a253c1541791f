"""A weekly digest for channels that machines read (docs/events/weekly-digest.v1.schema.json)."""

import json
from typing import Any

from certctl.domain.notifications.digests.content import Digest, DigestFilters, DigestRow, DigestSection
from certctl.domain.notifications.digests.texts import ListOf
from certctl.domain.notifications.hidden_characters import with_hidden_replaced
from certctl.domain.times import to_wire, to_wire_or_none


def packed(digest: Digest, week: str) -> str:
    """The digest as JSON. Texts of strangers have their hidden characters replaced."""
    about = digest.addressee
    data = {
        "kind": about.kind.value,
        "id": about.id,
        "name": with_hidden_replaced(about.name),
        "week": week,
        "made_at": to_wire(digest.made_at),
        "sections": [_section(each, digest) for each in digest.sections],
    }
    return json.dumps(data, ensure_ascii=False, separators=(",", ":"))


def _section(section: DigestSection, digest: Digest) -> dict[str, Any]:
    whole = ListOf(section.list, DigestFilters(digest.addressee, digest.made_at))
    return {
        "list": section.list.value,
        "count": section.count,
        "complete": section.is_complete,
        "rows": [_row(each) for each in section.rows],
        "command": whole.command,
    }


def _row(row: DigestRow) -> dict[str, Any]:
    return {
        "id": row.id,
        "name": with_hidden_replaced(row.name),
        "at": to_wire_or_none(row.at),
        "note": with_hidden_replaced(row.note),
        "owner_id": row.owner_id or None,
        "team_id": row.team_id or None,
    }
