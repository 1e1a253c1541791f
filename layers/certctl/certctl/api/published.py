"""The common schemas of kinds of channels, issuers and targets.

Their names are published as the enum of the built-in kinds, and checked by the use case, which knows all
kinds of its composition.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, Any, TypedDict, cast

from pydantic import GetCoreSchemaHandler
from pydantic_core import CoreSchema, PydanticCustomError
from pydantic_core.core_schema import no_info_wrap_validator_function

from certctl.domain.audit.events import facts
from certctl.domain.kinds import ChannelKind, IssuerType, Setting, TargetType

_LONGEST = 64


@dataclass(frozen=True)
class _PublishedAs:
    values: type[StrEnum]

    def __get_pydantic_core_schema__(self, _: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        published = handler.generate_schema(self.values)
        return no_info_wrap_validator_function(_text, published)


def _text(value: Any, _: Any) -> str:
    if not isinstance(value, str) or len(value) > _LONGEST:
        raise PydanticCustomError("string_type", "Must be a text.")
    return value


ChannelKindName = Annotated[str, _PublishedAs(ChannelKind)]
IssuerTypeName = Annotated[str, _PublishedAs(IssuerType)]
TargetTypeName = Annotated[str, _PublishedAs(TargetType)]


class OnlyWithOptionView(TypedDict):
    """Another setting, and its option that this one belongs to."""

    setting: str
    option: str


def setting_view[V](view: type[V], name: str, setting: Setting, **own: Any) -> V:
    """Describes a setting. `view` is a TypedDict whose fields are named like the setting's; `own` has the
    values of those that differ."""
    values = {**facts(setting), "name": name, **own}
    return cast(V, {field: values[field] for field in view.__annotations__})
