"""Bodies and views of records whose fields are described (docs/adr/0052)."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, cast

from pydantic import AfterValidator, BaseModel, Field

from certctl.domain.record_fields import described_fields, wire_name
from certctl.domain.times import to_wire

RecordId = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{2,63}$")]


def _without_repeats(ids: list[str]) -> list[str]:
    if len(set(ids)) != len(ids):
        raise ValueError("each id once")
    return ids


EACH_ONCE = AfterValidator(_without_repeats)


def values_of(body: BaseModel) -> dict[str, Any]:
    """The values of a body as dataclasses have them: sequences are tuples."""
    return {name: tuple(value) if isinstance(value, list) else value for name, value in body}


def view_of[View](view: type[View], record: Any, computed: Mapping[str, Any]) -> View:
    """The fields of a view, from the fields of the record and what is computed."""
    shown = {wire_name(each): _as_json(getattr(record, each.name)) for each in described_fields(type(record))}
    values = {**shown, **computed}
    return cast(View, {name: values[name] for name in view.__annotations__})


def _as_json(value: Any) -> Any:
    match value:
        case datetime():
            return to_wire(value)
        case tuple():
            return list(value)
        case Mapping():
            return dict(value)
    return value
