"""An ACME server as issuer (RFC 8555): its settings, and the names that it can prove control of."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from certctl.domain.field_rules import DOMAIN, https_url, list_of, mailto, matching, one_of, text
from certctl.domain.issuing.kinds.definitions import IssuerDefinition, ServerCheck
from certctl.domain.kinds import IssuerType, OnlyWith, Option, Setting, SettingForm

_LONGEST_BUNDLE = 64 * 1024
_ZONE_ID = matching(r"[A-Z0-9]{1,32}", "")


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
        """Why it cannot prove control of this name; empty if it can. `kind` is `DNS`, `IP` or another."""
        if kind not in ("DNS", "IP"):
            return [f"{name}: an ACME issuer takes DNS names and IP addresses only"]
        if self.challenge is ChallengeType.HTTP:
            return [f"{name}: wildcards need the challenge dns-01"] if name.startswith("*.") else []
        if kind == "IP":
            return [f"{name}: IP addresses need the challenge http-01"]
        return [] if self.zone_of(name) else [f"{name}: no entry of hosted_zones covers it"]


def acme_settings(config: Mapping[str, Any]) -> AcmeSettings:
    """The settings of a configuration that the rules of the kind accept."""
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


def _reasons_against(config: Mapping[str, Any], kind: str, name: str) -> list[str]:
    return acme_settings(config).reasons_against(kind, name)


def _agreed(value: Any) -> str | None:
    return None if value is True else "must be true: read the CA's terms of service"


def _bundle(value: Any) -> str | None:
    kept = isinstance(value, str) and "-----BEGIN CERTIFICATE-----" in value and len(value) < _LONGEST_BUNDLE
    return None if kept else "must be PEM certificates"


def _hosted_zones(zones: Any) -> str | None:
    kept = isinstance(zones, Mapping) and all(
        DOMAIN(domain) is None and _ZONE_ID(zone) is None for domain, zone in zones.items()
    )
    return None if kept else "must map domains to ids of Route 53 hosted zones"


def _is_account_id(value: Any) -> str | None:
    return None if text(value) is None else "must be the id that the CA gave you"


_EXTERNAL_ACCOUNT = {
    "key_id": Setting(_is_account_id, label="Key id"),
    "hmac_secret": Setting(
        form=SettingForm.SECRET,
        reference_of="issuers",
        label="Name of the secret",
        placeholder="certctl/<stack>/issuers/<name>",
        help="In Secrets Manager. Never the secret itself.",
        pattern=r"^\/?certctl\/[A-Za-z0-9-]+\/issuers\/[A-Za-z0-9][A-Za-z0-9_.-]*$",
        expected="The name of a secret, certctl/<stack>/issuers/<name>, never the secret itself.",
    ),
}

ACME = IssuerDefinition(
    type=IssuerType.ACME,
    label="ACME (RFC 8555)",
    help="Let's Encrypt, another public CA, or a private one that speaks ACME.",
    settings={
        "directory_url": Setting(
            https_url,
            required=True,
            label="Directory",
            placeholder="https://acme.example.com/directory",
            pattern=r"^https:\/\/",
            expected="An https URL.",
        ),
        "terms_of_service_agreed": Setting(
            _agreed,
            required=True,
            label="I have read and agree to the CA's terms of service",
            form=SettingForm.SWITCH,
            default=False,
        ),
        "contacts": Setting(
            list_of(mailto, "mailto: URLs", most=10),
            label="Contacts",
            form=SettingForm.LIST,
            placeholder="mailto:pki@example.com",
        ),
        "challenge": Setting(
            one_of(*ChallengeType),
            label="Challenge",
            form=SettingForm.CHOICE,
            options=(
                Option(ChallengeType.HTTP, "http-01"),
                Option(ChallengeType.DNS, "dns-01 (Route 53)"),
            ),
            default=ChallengeType.HTTP,
        ),
        "hosted_zones": Setting(
            _hosted_zones,
            required=True,
            only_with=OnlyWith("challenge", ChallengeType.DNS),
            label="Hosted zones",
            form=SettingForm.PAIRS,
            placeholder="example.com=Z0123456789",
            help="Domains and the ids of their Route 53 zones.",
        ),
        "external_account": Setting(
            parts=_EXTERNAL_ACCOUNT,
            label="External account",
            help="If the CA demands one: both, or neither.",
        ),
        "profile": Setting(
            matching(r"[A-Za-z0-9._-]{1,64}", "must be a profile that the directory names"),
            label="Profile",
            help="One that the directory names.",
        ),
        "ca_bundle": Setting(
            _bundle,
            label="CA bundle",
            form=SettingForm.LINES,
            placeholder="-----BEGIN CERTIFICATE-----",
            help="PEM certificates, for a server with roots of its own.",
        ),
    },
    server_check=ServerCheck("directory", "the server answered with its directory"),
    validations=tuple(ChallengeType),
    reasons_against=_reasons_against,
)
