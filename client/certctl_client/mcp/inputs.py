"""Types of the tools' parameters."""

from collections.abc import Callable, Iterable, Mapping
from typing import Annotated, Any

from pydantic import BeforeValidator, Field

from certctl_client.commands.options import given
from certctl_client.commands.signatures import REQUIRED, Options, gathered
from certctl_client.mcp.marking import unmarked
from certctl_client.mcp.results import ToolResult
from certctl_client.record_fields.field import RecordField

type Tool = Callable[..., ToolResult]

PAGE, LARGEST_PAGE = 20, 100
_LONGEST_ID = 128
_JSON: Mapping[str, Any] = {"texts": list[str], "ids": list[str], "pairs": dict[str, str]}

_AsShown = BeforeValidator(lambda given: unmarked(given) if isinstance(given, str) else given)
Id = Annotated[str, _AsShown, Field(min_length=1, max_length=_LONGEST_ID)]
OptionalId = Annotated[str | None, _AsShown, Field(max_length=_LONGEST_ID)]
Spki = Annotated[
    str, _AsShown, Field(pattern="^[0-9a-fA-F]{64}$", description="SHA-256 of the SubjectPublicKeyInfo.")
]
Limit = Annotated[int, Field(ge=1, le=LARGEST_PAGE)]
Cursor = Annotated[
    str | None, Field(max_length=4096, description="next_cursor of the previous page, with the same filters.")
]
Channel = Annotated[str | None, Field(max_length=128, description="A kind (Slack) or a channel's id.")]
Time = Annotated[
    str | None,
    Field(max_length=40, description="2026-11-24T13:00:00Z, a day, or a span before now: 30m, 24h, 7d."),
]


def with_filters(options: Options) -> Callable[[Tool], Tool]:
    """Adds filters to a tool, which receives the given ones as `filters`, by field."""
    return lambda tool: gathered(tool, "filters", options, given)


def list_filters(fields: Iterable[RecordField]) -> Options:
    """Parameters for the filters of a list: those by fields that its records show."""
    return {field.name: (_filter(field), None) for field in fields if field.filter and field.mcp == "list"}


def bulk_filters(fields: Iterable[RecordField]) -> Options:
    """Parameters for the filters of a bulk operation."""
    return {field.name: (_filter(field), None) for field in fields if field.bulk}


def with_fields(options: Options) -> Callable[[Tool], Tool]:
    """Adds the fields of a new record to a tool, which receives the given ones as `wanted`."""
    return lambda tool: gathered(tool, "wanted", options, given)


def new_fields(fields: Iterable[RecordField]) -> Options:
    """Parameters for the fields of a new record, in their JSON types."""
    return {
        field.name: (_new(field), REQUIRED if field.required else None) for field in fields if field.create
    }


def _new(field: RecordField) -> Any:
    kind = _JSON.get(field.type, _filter(field))
    return str if field.required else kind | None


def _filter(field: RecordField) -> Any:
    return Annotated[str | None, _AsShown, Field(max_length=field.max_length or _LONGEST_ID)]
