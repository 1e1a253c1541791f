"""Handlers of filtered lists: each field of a filter is a query parameter, so that none is forgotten."""

from collections.abc import Callable, Iterator
from dataclasses import Field, fields
from datetime import datetime
from functools import wraps
from inspect import Parameter, signature
from typing import TYPE_CHECKING, Annotated, Any

from aws_lambda_powertools.event_handler.openapi.params import Query

from certctl.api.times import Moment

if TYPE_CHECKING:
    from _typeshed import DataclassInstance


def filtered[Filter: "DataclassInstance", View](
    wanted: type[Filter], **queries: Any
) -> Callable[[Callable[..., View]], Callable[..., View]]:
    """Makes a handler whose first parameter is a filter one that takes each field of the filter from the
    query. `queries` are the `Query` of fields with a description, or with another name in the API."""
    names = [each.name for each in fields(wanted)]

    def made(handler: Callable[..., View]) -> Callable[..., View]:
        @wraps(handler)
        def handle(**given: Any) -> View:
            sought = {name: given.pop(name) for name in names}
            return handler(wanted(**sought), **given)

        declared = signature(handler)
        others = [each.replace(kind=Parameter.KEYWORD_ONLY) for each in [*declared.parameters.values()][1:]]
        taken = [*_parameters(wanted, queries), *others]
        handle.__annotations__ = {each.name: each.annotation for each in taken}
        handle.__annotations__["return"] = declared.return_annotation
        shown = declared.replace(parameters=taken)
        handle.__signature__ = shown  # type: ignore[attr-defined]  # inspect.signature reads it
        return handle

    return made


def _parameters(wanted: "type[DataclassInstance]", queries: dict[str, Any]) -> Iterator[Parameter]:
    for each in fields(wanted):
        query = queries.get(each.name, Query())
        yield Parameter(
            each.name,
            Parameter.KEYWORD_ONLY,
            annotation=Annotated[_kind(each), query],
            default=each.default,
        )


def _kind(field: Field[Any]) -> Any:
    """Times are checked as they are in bodies."""
    return Moment | None if field.type == datetime | None else field.type
