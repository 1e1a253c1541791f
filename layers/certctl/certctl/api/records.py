"""Bodies and views of records, by the names of their fields (docs/adr/0052)."""

from collections.abc import Mapping
from dataclasses import is_dataclass
from datetime import datetime
from functools import cache
from typing import Annotated, Any, ClassVar, cast

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from certctl.domain.field_rules import ID_PATTERN
from certctl.domain.record_fields import described_fields, wire_name
from certctl.domain.times import to_wire

STRICT = ConfigDict(extra="forbid", defer_build=True)
RecordId = Annotated[str, Field(pattern=f"^{ID_PATTERN}$")]


def _without_repeats(ids: list[str]) -> list[str]:
    if len(set(ids)) != len(ids):
        raise ValueError("each id once")
    return ids


EACH_ONCE = AfterValidator(_without_repeats)


class RecordBody(BaseModel):
    """A body with fields of a record of the domain, by the same names."""

    model_config = STRICT
    record: ClassVar[type[Any]]
    """The record's dataclass."""

    def parsed(self) -> Any:
        return self.record(**values_of(self))


def values_of(body: BaseModel) -> dict[str, Any]:
    """The values of a body as dataclasses have them: lists are tuples, bodies are records, also in mappings
    by the names of an enum."""
    return {name: _as_value(value) for name, value in body}


def _as_value(value: Any) -> Any:
    if isinstance(value, list):
        return tuple(map(_as_value, value))
    if isinstance(value, dict):
        return {str(name): _as_value(each) for name, each in value.items()}
    return value.parsed() if isinstance(value, RecordBody) else value


def view_of[View](view: type[View], record: Any, /, **computed: Any) -> View:
    """A view of what is computed and, for its other required keys, of the record's attributes of these names.
    `tests/contract/api/test_views.py` compares the types of each call."""
    shown: dict[str, Any] = {}
    attributes = _attributes(view, type(record))  # type: ignore[arg-type]  # classes are hashable
    for name, attribute in attributes.items():
        if name in computed:
            shown[name] = computed[name]
        elif attribute is not None:
            shown[name] = _as_json(getattr(record, attribute))
    return cast(View, shown)


@cache
def _attributes(view: type[Any], record: type) -> Mapping[str, str | None]:
    """The attribute of the record for each key of a view; None for a key that is not required."""
    required = view.__required_keys__
    return {name: attribute_name(record, name) if name in required else None for name in view.__annotations__}


def attribute_name(record: type, name: str) -> str:
    """The attribute of a record that the API calls `name`."""
    described = described_fields(record) if is_dataclass(record) else ()
    return next((each.name for each in described if wire_name(each) == name), name)


def _as_json(value: Any) -> Any:
    match value:
        case str() | None:
            return value
        case datetime():
            return to_wire(value)
        case tuple():
            return list(value)
        case Mapping():
            return dict(value)
    return value
