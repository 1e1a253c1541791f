"""Turns records into results of tools: the names of the fields decide which texts are marked."""

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel, ValidationError

from certctl_client.api.answers import not_our_api
from certctl_client.mcp.marking import Marking


def marked[M: BaseModel](model: type[M], marking: Marking, record: Mapping[str, Any], **made: Any) -> M:
    """A result with the fields that the model names: `untrusted_x` is the record's text `x`, marked; any
    other text is a word. `made` has fields that are marked already. Fields that the record lacks, because the
    server is of an earlier release, are null. Raises CommandError for a record of another form."""
    found = {name: _value(marking, name, record) for name in model.model_fields if name not in made}
    try:
        return model(**found, **made)
    except ValidationError:  # whose message has the value, unmarked
        raise not_our_api() from None


def _value(marking: Marking, name: str, record: Mapping[str, Any]) -> Any:
    value = record.get(name.removeprefix("untrusted_"))
    if isinstance(value, list):
        return [_scalar(marking, name, each) for each in value]
    return _scalar(marking, name, value)


def _scalar(marking: Marking, name: str, value: Any) -> Any:
    """Raises CommandError for an object: its texts would not be marked."""
    if isinstance(value, str):
        return marking.text(value) if name.startswith("untrusted_") else marking.word(value)
    if value is None or isinstance(value, int | float):
        return value
    raise not_our_api()
