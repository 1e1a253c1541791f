"""What differs between the kinds of issuers. `connectors/issuers` has what talks to their servers."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from certctl.domain.kinds import Settings
from certctl.domain.policies.profiles import Profile
from certctl.domain.policies.usages import ExtendedKeyUsage

_USAGES_TAKEN = (
    ExtendedKeyUsage.SERVER_AUTH,
    ExtendedKeyUsage.CLIENT_AUTH,
    ExtendedKeyUsage.CODE_SIGNING,
    ExtendedKeyUsage.EMAIL_PROTECTION,
)
NameRule = Callable[[Mapping[str, Any], str, str], list[str]]
"""Given a configuration, the kind of a name (`DNS`, `IP` or another) and the name: why the issuer cannot
issue for it; empty if it can."""


ProfileRule = Callable[[Mapping[str, Any], Profile], list[str]]
"""Given a configuration and a profile: why the issuer cannot issue as the profile says; empty if it can."""


def any_name(_config: Mapping[str, Any], _kind: str, _name: str) -> list[str]:
    return []


def any_profile(_config: Mapping[str, Any], _profile: Profile) -> list[str]:
    return []


def plain_profile(_config: Mapping[str, Any], profile: Profile) -> list[str]:
    """The rule of servers that decide what a certificate says beside its names. The usages that earlier
    releases had are no reason: there are certificates with them."""
    others = ", ".join(usage for usage in profile.extended_key_usages if usage not in _USAGES_TAKEN)
    found = {"the extended key usages": others, "a subject": profile.subject, "policies": profile.policies}
    return [f"its server decides {what}, not the profile" for what, asked in found.items() if asked]


@dataclass(frozen=True)
class ServerCheck:
    """What the test of an external issuer reports: a check's name, and what holds if it passes."""

    name: str
    passed: str


@dataclass(frozen=True)
class IssuerDefinition:
    type: str
    """A member of `IssuerType`: it is stored and published."""
    label: str
    help: str
    settings: Settings = field(default_factory=dict)
    server_check: ServerCheck | None = None
    """The check of the server; None for CAs of this stack: `signing_worker` signs for them. Other kinds have
    a server, which only `external_issuer_worker` reaches."""
    validations: tuple[str, ...] = ()
    """How control of names is proved to its server; none if it trusts its account."""
    reasons_against: NameRule = any_name
    profile_reasons: ProfileRule = plain_profile
    copies_request: bool = False
    """Whether its server copies subject and names from the CSR, which must have the record's then."""

    @property
    def signs_locally(self) -> bool:
        return self.server_check is None
