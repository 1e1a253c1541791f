"""An attention report as text, for a row that several requests share."""

import json
from dataclasses import asdict
from datetime import datetime
from typing import Any

from certctl.domain.certificates.urgencies import Urgency
from certctl.domain.insights.attention import (
    AttentionItem,
    AttentionKind,
    AttentionLine,
    AttentionReport,
)


def as_text(report: AttentionReport) -> str:
    """Writes a report in which nothing is unknown."""
    parts = {
        "at": report.completed_at,
        "lines": [asdict(line) for line in report.lines],
        "read_at": report.read_at,
    }
    return json.dumps(parts, default=datetime.isoformat, separators=(",", ":"))


def of_text(text: str) -> AttentionReport:
    """Raises ValueError, KeyError or TypeError for another text."""
    parts: dict[str, Any] = json.loads(text)
    read_at = {AttentionKind(kind): datetime.fromisoformat(text) for kind, text in parts["read_at"].items()}
    lines = tuple(map(_line, parts["lines"]))
    return AttentionReport(lines, (), datetime.fromisoformat(parts["at"]), read_at)


def _line(parts: dict[str, Any]) -> AttentionLine:
    known = {
        "kind": AttentionKind(parts["kind"]),
        "urgency": Urgency(parts["urgency"]),
        "worst": tuple(map(_item, parts["worst"])),
        "since": _moment(parts["since"]),
    }
    return AttentionLine(**parts | known)


def _item(parts: dict[str, Any]) -> AttentionItem:
    moments = {name: _moment(parts[name]) for name in ("at", "expires_at")}
    return AttentionItem(**parts | moments)


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
