"""The configuration of an issuer of type ACME; `catalog.validation` says what administrators may write."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class ChallengeType(StrEnum):
    """RFC 8555 section 8. Wildcards are proved by dns-01 only."""

    HTTP = "http-01"
    DNS = "dns-01"


@dataclass(frozen=True)
class ExternalAccount:
    """External account binding (RFC 8555 section 7.3.4); `hmac_secret` refers to the base64url key."""

    key_id: str
    hmac_secret: str


@dataclass(frozen=True)
class AcmeSettings:
    """`hosted_zones` maps a domain to the id of its Route 53 zone, for dns-01. `ca_bundle` is PEM: roots to
    trust beside the public ones when talking to the server. `profile` is one that its directory names."""

    directory_url: str
    contacts: tuple[str, ...] = ()
    challenge: ChallengeType = ChallengeType.HTTP
    hosted_zones: Mapping[str, str] = field(default_factory=dict)
    external_account: ExternalAccount | None = None
    profile: str | None = None
    ca_bundle: str | None = None

    def zone_of(self, name: str) -> str | None:
        """The id of the zone with the longest suffix of `name`."""
        labels = name.removeprefix("*.").lower().split(".")
        suffixes = (".".join(labels[start:]) for start in range(len(labels)))
        return next((self.hosted_zones[suffix] for suffix in suffixes if suffix in self.hosted_zones), None)

    def reasons_against(self, kind: str, name: str) -> list[str]:
        """Why it cannot prove control of this name; empty where it can. `kind` is `DNS`, `IP` or another."""
        if kind not in ("DNS", "IP"):
            return [f"{name}: an ACME issuer takes DNS names and IP addresses only"]
        if self.challenge is ChallengeType.HTTP:
            return [f"{name}: wildcards need the challenge dns-01"] if name.startswith("*.") else []
        if kind == "IP":
            return [f"{name}: IP addresses need the challenge http-01"]
        return [] if self.zone_of(name) else [f"{name}: no entry of hosted_zones covers it"]


def acme_settings(config: Mapping[str, Any]) -> AcmeSettings:
    """Of a configuration that `catalog.validation` accepts."""
    account = config.get("external_account")
    return AcmeSettings(
        directory_url=config["directory_url"],
        contacts=tuple(config.get("contacts", ())),
        challenge=ChallengeType(config.get("challenge", ChallengeType.HTTP)),
        hosted_zones=dict(config.get("hosted_zones", {})),
        external_account=ExternalAccount(**account) if account else None,
        profile=config.get("profile"),
        ca_bundle=config.get("ca_bundle"),
    )
