"""Agents' consents on the wire: as agents report them, and as people read them."""

from typing import Annotated, TypedDict

from aws_lambda_powertools.event_handler.openapi.params import Header
from pydantic import AfterValidator, BaseModel, Field, model_validator

from certctl.api.records import STRICT
from certctl.domain.agents.consents import Consent, ConsentSource
from certctl.domain.kinds import TargetType

_MOST_ENTRIES, _MOST_WORDS, _MOST_BYTES = 64, 16, 16 * 1024
_DIGEST = r"^[0-9a-f]{64}$"


def _printable(text: str) -> str:
    if not text.isprintable():
        raise ValueError("must be printable characters")
    return text


_Text = Annotated[str, Field(min_length=1, max_length=256), AfterValidator(_printable)]
_Directory = Annotated[str, Field(min_length=1, max_length=1024), AfterValidator(_printable)]
_Command = Annotated[list[_Text], Field(min_length=1, max_length=_MOST_WORDS)]
_Texts = Annotated[list[_Text], Field(max_length=_MOST_ENTRIES)]
# A header: servers of earlier releases refuse fields that they do not know.
ConsentDigest = Annotated[
    str | None,
    Header(
        alias="Certctl-Consent",
        pattern=_DIGEST,
        description="SHA-256 of the canonical JSON of what the agent's host allows. "
        "If the server has another one, the response has `consent_wanted`.",
    ),
]


class ConsentBody(BaseModel):
    """What the agent's host allows: only what is named, and everything of a sort with `any_...`. At most 16
    KiB of JSON."""

    model_config = STRICT

    source: ConsentSource
    kinds: Annotated[list[TargetType], Field(max_length=_MOST_ENTRIES)]
    directories: Annotated[list[_Directory], Field(max_length=_MOST_ENTRIES)]
    any_directory: bool
    commands: Annotated[list[_Command], Field(max_length=_MOST_ENTRIES)]
    any_command: bool
    owners: _Texts
    any_owner: bool
    verify_addresses: _Texts
    any_verify_address: bool
    acm_arns: _Texts = Field(default_factory=list)
    any_acm_arn: bool | None = None

    @model_validator(mode="after")
    def _is_bounded(self) -> "ConsentBody":
        """Lists of agents show the consent of each."""
        size = len(self.parsed().as_json.encode())
        if size > _MOST_BYTES:
            raise ValueError(f"has {size:,} bytes of JSON; at most {_MOST_BYTES:,} are allowed")
        return self

    def parsed(self) -> Consent:
        return Consent(
            source=self.source,
            kinds=tuple(kind.value for kind in self.kinds),
            directories=tuple(self.directories),
            any_directory=self.any_directory,
            commands=tuple(map(tuple, self.commands)),
            any_command=self.any_command,
            owners=tuple(self.owners),
            any_owner=self.any_owner,
            verify_addresses=tuple(self.verify_addresses),
            any_verify_address=self.any_verify_address,
            acm_arns=tuple(self.acm_arns),
            any_acm_arn=self._may_use_all_of_acm,
        )

    @property
    def _may_use_all_of_acm(self) -> bool:
        """Agents of earlier releases do not report it, and set no bound in ACM."""
        return TargetType.ACM in self.kinds if self.any_acm_arn is None else self.any_acm_arn


class ConsentView(TypedDict):
    """What the agent's host allows, as the agent reported it; everything of a sort with `any_...`. `source`
    is `enrolment` if the host has no consent file yet."""

    source: ConsentSource
    kinds: list[str]
    directories: list[str]
    any_directory: bool
    commands: list[list[str]]
    any_command: bool
    owners: list[str]
    any_owner: bool
    verify_addresses: list[str]
    any_verify_address: bool
    acm_arns: list[str]
    any_acm_arn: bool


class UnfitView(TypedDict):
    """What the host of a target's agent does not allow of it."""

    field: str
    message: str
