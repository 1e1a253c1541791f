"""Fields that bodies of catalog records have in common, whatever their kind."""

from dataclasses import fields
from typing import Annotated, Any

from pydantic import AfterValidator, Field, StrictInt, StringConstraints

from certctl.api.records import RecordBody, values_of
from certctl.api.texts import PLAIN, VISIBLE
from certctl.domain.field_rules import ID_PATTERN, is_email
from certctl.domain.notifications.digests.settings import is_time_zone
from certctl.domain.policies.name_ownership import (
    MAX_PATTERN_LENGTH,
    MAX_PATTERNS,
    MAX_PATTERNS_IN_ALL,
    MOST_EXEMPT_DAYS,
    parse_allowed_name,
)

EntryId = Annotated[str, Field(pattern=f"^{ID_PATTERN}$", description="Generated if omitted.")]
Name = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=128, pattern=f"^{PLAIN}+$"),
    VISIBLE,
    Field(description="Unique within its kind, ignoring case."),
]
Version = Annotated[
    StrictInt, Field(ge=1, description="The version that was read: a change is refused (409) at another.")
]


def _mail_address(text: str) -> str:
    """Here, too, so that a request with several faults is told all of them."""
    if not is_email(text):
        raise ValueError("Must be a mail address.")
    return text


AllowedName = Annotated[
    str, Field(min_length=1, max_length=MAX_PATTERN_LENGTH), AfterValidator(parse_allowed_name)
]
AllowedNames = Annotated[
    list[AllowedName],
    Field(
        max_length=MAX_PATTERNS,
        description="Patterns as in `san_patterns` of a profile, or `*:*` for any name. Of the patterns of "
        "all teams that match a name the most specific one wins: only teams that list it get the name. All "
        f"teams together list {MAX_PATTERNS_IN_ALL:,} at most.",
    ),
]
ExemptDays = Annotated[
    StrictInt,
    Field(
        ge=0,
        le=MOST_EXEMPT_DAYS,
        description="Not stored with the team: for so many days, certificates that this change of "
        "`allowed_names` refuses may be renewed unchanged; 0: none.",
    ),
]


def _time_zone(name: str) -> str:
    if not is_time_zone(name):
        raise ValueError("Must be a name of the IANA database, such as Europe/Berlin.")
    return name


TimeZone = Annotated[str, Field(max_length=64), AfterValidator(_time_zone)]
Email = Annotated[str, Field(max_length=254), AfterValidator(_mail_address)]
Config = Annotated[dict[str, Any], Field(max_length=20, description="By type: see docs/catalog.md.")]
Description = Annotated[str, Field(max_length=1024)]


class EntryBody(RecordBody):
    """The common fields. `record` has those of the kind."""

    id: EntryId | None = None
    version: Version | None = None
    name: Name

    def content(self, _: Any) -> Any:
        """The record; the argument is the previous one, None for a new record."""
        return self.record(**given_fields(self))


_COMMON = EntryBody.model_fields.keys()


def given_fields(body: EntryBody) -> dict[str, Any]:
    """The fields that the body's record has too. An entry's `version` is not an agent's."""
    own = {each.name for each in fields(body.record)} - _COMMON
    return {name: value for name, value in values_of(body).items() if name in own}
