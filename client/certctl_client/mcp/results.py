"""Results of tools: what the stack returned in one marking, compact, with words of ours around it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from certctl_client.mcp.marking import TEXT_LIMIT, fresh_marking
from certctl_client.plain_text import counted


@dataclass(frozen=True)
class ToolResult:
    """The result of a tool. `data` are texts and numbers of the stack, `hint` is a sentence of ours."""

    data: Mapping[str, Any]
    hint: str = ""
    text_limit: int = field(default=TEXT_LIMIT)

    def text(self) -> str:
        """The text for the model. Fields without a value are left out, long texts cut."""
        marking = fresh_marking()
        block = marking.block(_shortened(self.data, self.text_limit))
        return "\n".join(part for part in (marking.notice, self.hint, block) if part)


def selected(record: Mapping[str, Any], fields: Sequence[str]) -> dict[str, Any]:
    """These fields of a record, in this order. Fields that it lacks, because the server is of an earlier
    release, are left out."""
    return {name: record[name] for name in fields if name in record}


def page(name: str, records: Sequence[Any], next_cursor: str | None, hint: str = "") -> ToolResult:
    return ToolResult({name: records, "next_cursor": next_cursor}, hint)


def _shortened(value: Any, limit: int) -> Any:
    match value:
        case str():
            cut = len(value) - limit
            return value if cut <= 0 else f"{value[:limit]} (and {counted(cut, 'character')})"
        case Mapping():
            return {name: _shortened(each, limit) for name, each in value.items() if not _is_blank(each)}
        case list() | tuple():
            return [_shortened(each, limit) for each in value]
    return value


def _is_blank(value: Any) -> bool:
    """Whether a value is left out. An empty list of records stays: there are none."""
    return value is None or value == "" or value == {}
