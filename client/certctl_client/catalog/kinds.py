"""The table of the catalog's kinds. Another kind is a row here, and one in `api/catalog_operations.py`."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from certctl_client.api.catalog_operations import OPERATIONS, CatalogOperations
from certctl_client.catalog.consents import allowed_in_short, fitness_in_short
from certctl_client.catalog.fields import (
    Field,
    claim_path,
    claim_rules,
    every_one,
    key_rules,
    key_set,
    or_none,
    seconds,
    settings,
    some_or_none,
    teams_or_all,
)
from certctl_client.output.views import Column

_NAMES_SHOWN = 2
_NAME = Field("name", "Unique among its kind.")
_TEAM = Field("team_id", "Id of the team; default: yours.", "--team")
_TYPE = Field("type", "Cannot be changed later.")
_ISSUER_TYPE = Field("type", "One that `certctl issuers types` lists. Cannot be changed later.", kind=str)
_TARGET_TYPE = Field("type", "One that `certctl targets types` lists. Cannot be changed later.", kind=str)
_ENABLED = Field("enabled", "Whether it is in force.")
_SETTINGS = Field(
    "config",
    "NAME=VALUE, JSON or text: max_days=47. Repeatable; NAME= removes it. See docs/catalog.md.",
    "--setting",
    list[str],
    settings,
)
_EMAIL = Field("email", "Address for its alerts; '' for none.", sent=or_none)
_DESCRIPTION = Field("description", "A description.")


@dataclass(frozen=True)
class Kind:
    """A kind of catalog record. `path` is its path in the API and the name of its commands. `in_use` is the
    advice when a record cannot be deleted because it is in use; `{id}` stands for the record's id."""

    path: str
    one: str
    about: str
    columns: Mapping[str, Column]
    fields: Sequence[Field]
    in_use: str = ""

    @property
    def operations(self) -> CatalogOperations:
        return OPERATIONS[self.path]


def _names(record: Mapping[str, Any]) -> str | None:
    """Servers of earlier releases know none."""
    names = record.get("allowed_names")
    if names is None:
        return None
    more = f" and {len(names) - _NAMES_SHOWN} more" if len(names) > _NAMES_SHOWN else ""
    return ", ".join(names[:_NAMES_SHOWN]) + more or "none: nothing can be issued for it"


def _yes(field: str) -> Column:
    return lambda record: "yes" if record[field] else "no"


def _answered(record: Mapping[str, Mapping[str, str | None] | None]) -> str | None:
    """When an external issuer's server last responded; `certctl issuers get` shows why it does not."""
    contact = record["last_contact"]
    return contact["succeeded_at"] if contact else None


def _evaluated(record: Mapping[str, Any]) -> str | None:
    """Servers of earlier releases do not evaluate existing certificates."""
    evaluation = record.get("evaluation")
    if not evaluation:
        return None
    if evaluation["state"] in ("waiting", "running"):
        return f"{evaluation['evaluated']} of {evaluation['total'] or '?'}"
    return str(evaluation["state"])


def _standing(record: Mapping[str, Any]) -> str | None:
    evaluation = record.get("evaluation")
    return str(evaluation["violations"]) if evaluation else None


def _approvals(record: Mapping[str, Any]) -> str:
    """Servers of earlier releases require one approval."""
    if not record["requires_approval"]:
        return "no"
    required = record.get("approvals_required", 1)
    return "yes" if required == 1 else f"{required} people"


def _days(record: Mapping[str, int]) -> str:
    return f"{record['max_ttl_seconds'] / 86_400:g} d"


def _thresholds(record: Mapping[str, list[int]]) -> str:
    return ", ".join(map(str, record["alert_thresholds_days"]))


_FIRST: Mapping[str, Column] = {"ID": "id", "NAME": "name"}
_LAST: Mapping[str, Column] = {"VERSION": lambda record: str(record["version"]), "UPDATED": "updated_at"}


def _claims_in_short(record: Mapping[str, Any]) -> str:
    return ", ".join(f"{'>'.join(c['path'])}={'|'.join(c['values'])}" for c in record["claims"])


def _teams_in_short(record: Mapping[str, Any]) -> str:
    return "*" if record["teams"] == "*" else ", ".join(record["teams"])


_KINDS = (
    Kind(
        "issuers",
        "issuer",
        "Issuers: the CAs that issue certificates.",
        {**_FIRST, "TYPE": "type", "ENABLED": _yes("enabled"), "ANSWERED": _answered, **_LAST},
        (_NAME, _ISSUER_TYPE, _ENABLED, _SETTINGS),
        "Certificates among them: `certctl certs list --issuer {id}`.",
    ),
    Kind(
        "targets",
        "target",
        "Targets: where certificates are deployed.",
        {
            **_FIRST,
            "TYPE": "type",
            "AGENT": "agent_id",
            "TEAM": "team_id",
            "ENABLED": _yes("enabled"),
            "ALLOWED": fitness_in_short,
            **_LAST,
        },
        (
            _NAME,
            _TARGET_TYPE,
            Field("agent_id", "Id of the agent of its host; '' for none.", "--agent", sent=or_none),
            _TEAM,
            _ENABLED,
            _SETTINGS,
        ),
        "See `certctl targets certificates {id}`.",
    ),
    Kind(
        "owners",
        "owner",
        "Owners: people responsible for certificates.",
        {**_FIRST, "EMAIL": "email", "TEAM": "team_id", **_LAST},
        (_NAME, _EMAIL, _TEAM),
        "Certificates among them: `certctl certs list --owner {id}`.",
    ),
    Kind(
        "teams",
        "team",
        "Teams: the owners of certificates, and the scope of API keys.",
        {**_FIRST, "NAMES": _names, "EMAIL": "email", "DESCRIPTION": "description", **_LAST},
        (
            _NAME,
            _DESCRIPTION,
            _EMAIL,
            Field(
                "allowed_names",
                "A name that it may have: DNS:**.shop.example.com; *:* is any. Repeatable, in place of those "
                "that it has; '' for none.",
                "--allow-name",
                list[str],
                every_one,
            ),
            Field(
                "exempt_days",
                "For so many days certificates that this change of its names refuses may be renewed "
                "unchanged; 0: none; default: 90. `certctl teams names preview` lists them.",
            ),
        ),
        "Certificates among them: `certctl certs list --team {id}`.",
    ),
    Kind(
        "profiles",
        "profile",
        "Profiles: keys, names, uses and lifetimes that certificates may have.",
        {
            **_FIRST,
            "USAGES": "extended_key_usages",
            "LIFETIME": _days,
            "APPROVAL": _approvals,
            **_LAST,
        },
        (
            _NAME,
            _DESCRIPTION,
            Field(
                "extended_key_usages",
                "serverAuth, clientAuth, codeSigning or emailProtection. Repeatable.",
                "--usage",
                list[str],
            ),
            Field("max_ttl_seconds", "The longest lifetime: 12h, 90d.", "--max-ttl", str, seconds),
            Field(
                "keys",
                "RSA:3072,4096 or ECDSA. Repeatable; '' for any key.",
                "--key",
                list[str],
                key_rules,
            ),
            Field(
                "san_patterns",
                "DNS:*.example.com. Repeatable; '' for any name.",
                "--san-pattern",
                sent=every_one,
            ),
            Field("requires_approval", "Whether somebody else must approve each certificate."),
            Field("approvals_required", "How many people must approve: 1 to 3."),
        ),
        "Certificates among them: `certctl certs list --profile {id}`.",
    ),
    Kind(
        "policies",
        "policy",
        "Policies: rules that certificates must keep.",
        {
            **_FIRST,
            "TYPE": "type",
            "SEVERITY": "severity",
            "ENABLED": _yes("enabled"),
            "EVALUATED": _evaluated,
            "VIOLATIONS": _standing,
            **_LAST,
        },
        (
            _NAME,
            _TYPE,
            Field("severity", "Warning only records violations; Error and Critical refuse the change, too."),
            _ENABLED,
            _SETTINGS,
        ),
    ),
    Kind(
        "renewal-policies",
        "renewal policy",
        "Renewal policies: when certificates are renewed, and when expiry alerts are sent.",
        {
            **_FIRST,
            "WINDOW": lambda record: f"{record['renewal_window_days']} d",
            "AUTO": _yes("auto_renew"),
            "RETRIES": lambda record: str(record["max_retries"]),
            "ALERTS": _thresholds,
            "ON RENEWAL": "on_renewal",
            **_LAST,
        },
        (
            _NAME,
            Field("renewal_window_days", "Days before expiry; capped at a third of the lifetime."),
            Field("auto_renew", "Whether certificates are renewed on schedule."),
            Field("max_retries", "Retries of a failed renewal, 1 to 20."),
            Field("retry_interval_seconds", "Seconds between two attempts."),
            Field(
                "alert_thresholds_days",
                "Days before expiry, in descending order. Repeatable.",
                "--alert-threshold-days",
            ),
            Field("on_renewal", "renew: keep the key. rekey: await a CSR for a new key."),
        ),
    ),
    Kind(
        "identity-providers",
        "identity provider",
        "Identity providers: issuers whose tokens can be exchanged for credentials.",
        {
            **_FIRST,
            "TYPE": "type",
            "ISSUER": "issuer",
            "KEYS": lambda record: "pinned" if record["jwks"] else "read from the issuer",
            **_LAST,
        },
        (
            _NAME,
            _TYPE,
            Field("issuer", "The iss of its tokens, exactly. Cannot be changed later."),
            Field(
                "jwks",
                "Its public keys as a JSON key set: {\"keys\":[...]}; '' for none.",
                "--jwks",
                str,
                key_set,
            ),
        ),
        "Trust rules among them: `certctl trust-rules list`.",
    ),
    Kind(
        "access-rules",
        "access rule",
        "Access rules: which people of an identity provider have which role.",
        {
            **_FIRST,
            "PROVIDER": "provider_id",
            "CLAIM": lambda record: f"{'>'.join(record['claim_path'])}={'|'.join(record['values'])}",
            "ROLE": "role",
            "TEAMS": _teams_in_short,
            **_LAST,
        },
        (
            _NAME,
            Field("provider_id", "Id of the identity provider.", "--provider"),
            Field("claim_path", "The claim: groups, or realm_access>roles.", "--claim", str, claim_path),
            Field(
                "values",
                "A value that the claim must have. Repeatable: one of them is enough. Compared exactly.",
                "--value",
                list[str],
                every_one,
            ),
            Field("role", "The role that it gives."),
            Field(
                "teams",
                "Id of a team that it gives. Repeatable; '*' for all, as admin and auditor need.",
                "--team",
                list[str],
                teams_or_all,
            ),
        ),
    ),
    Kind(
        "trust-rules",
        "trust rule",
        "Trust rules: which tokens of a provider act as which service account.",
        {
            **_FIRST,
            "PROVIDER": "provider_id",
            "ACCOUNT": "service_account_id",
            "CLAIMS": _claims_in_short,
            "ENABLED": _yes("enabled"),
            **_LAST,
        },
        (
            _NAME,
            Field("provider_id", "Id of the identity provider.", "--provider"),
            Field("service_account_id", "Id of the service account.", "--account"),
            Field(
                "claims",
                "NAME=VALUE, or NAME>NAME=VALUE of a nested claim. Repeatable: all names must hold, one "
                "value of each. A * is any text between / or :.",
                "--claim",
                list[str],
                claim_rules,
            ),
            Field("audience", "The aud of its tokens; '' for the stack's URL.", sent=or_none),
            Field("lifetime_seconds", "Lifetime of the credentials: 15m, 1h.", "--lifetime", str, seconds),
            Field("max_token_age_seconds", "How old a token may be: 1h.", "--max-token-age", str, seconds),
            Field("single_use", "Whether each token is taken once; default by the provider's type."),
            Field(
                "actions",
                "A permission to which its credentials are limited. Repeatable; '' for all of the account's.",
                "--action",
                list[str],
                some_or_none,
            ),
            _ENABLED,
        ),
    ),
    Kind(
        "agents",
        "agent",
        "Agents: programs on hosts that deploy certificates there.",
        {
            **_FIRST,
            "STATUS": "status",
            "HOSTNAME": "hostname",
            "TEAM": "team_id",
            "HEARTBEAT": "last_heartbeat_at",
            "NEXT": lambda record: record.get("next_contact_at"),  # servers of earlier releases have none
            "PROGRAM": "agent_version",
            "OS": "os",
            "ALLOWS": allowed_in_short,
        },
        (_NAME, Field("hostname", "Name of its host."), _TEAM),
        "With --force --reason R it is removed from its targets.",
    ),
)

KINDS: Mapping[str, Kind] = {kind.path: kind for kind in _KINDS}
