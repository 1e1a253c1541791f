"""The table of the catalog's kinds. Another kind is a row here, and one in `api/catalog_operations.py`."""

from collections.abc import Mapping
from typing import Any

from certctl_client.catalog.access_kinds import ACCESS_KINDS
from certctl_client.catalog.consents import allowed_in_short, fitness_in_short
from certctl_client.catalog.fields import (
    Field,
    allowed_values,
    certificate_policies,
    every_one,
    fixed_values,
    key_rules,
    or_none,
    seconds,
    settings,
    some_or_none,
)
from certctl_client.catalog.kind import DESCRIPTION, ENABLED, FIRST, LAST, NAME, TEAM, TYPE, Kind, yes

_NAMES_SHOWN = 2
_ISSUER_TYPE = Field("type", "One that `certctl issuers types` lists. Cannot be changed later.", kind=str)
_TARGET_TYPE = Field("type", "One that `certctl targets types` lists. Cannot be changed later.", kind=str)
_SETTINGS = Field(
    "config",
    "NAME=VALUE, JSON or text: max_days=47. Repeatable; NAME= removes it. See docs/catalog.md.",
    "--setting",
    list[str],
    settings,
)
_EMAIL = Field("email", "Address for its alerts; '' for none.", sent=or_none)


def _names(record: Mapping[str, Any]) -> str | None:
    """The allowed names; servers of earlier releases report none."""
    names = record.get("allowed_names")
    if names is None:
        return None
    more = f" and {len(names) - _NAMES_SHOWN} more" if len(names) > _NAMES_SHOWN else ""
    return ", ".join(names[:_NAMES_SHOWN]) + more or "none: nothing can be issued for it"


def _answered(record: Mapping[str, Mapping[str, str | None] | None]) -> str | None:
    """When an external issuer's server last responded; `certctl issuers get` shows why it does not."""
    contact = record["last_contact"]
    return contact["succeeded_at"] if contact else None


def _evaluated(record: Mapping[str, Any]) -> str | None:
    """The state of the evaluation; servers of earlier releases do not evaluate existing certificates."""
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
    """The number of approvals; servers of earlier releases require one."""
    if not record["requires_approval"]:
        return "no"
    required = record.get("approvals_required", 1)
    return "yes" if required == 1 else f"{required} people"


def _revocation(record: Mapping[str, Any]) -> str:
    """The ways of checking a revocation; servers of earlier releases always name CRLs."""
    return "noRevAvail" if record.get("no_rev_avail") else "CRL, OCSP"


def _days(record: Mapping[str, int]) -> str:
    return f"{record['max_ttl_seconds'] / 86_400:g} d"


def _subject(record: Mapping[str, Any]) -> str:
    """The subject beside the common name: `O=Example, OU: eng-*`. Servers of earlier releases have none."""
    rules = record.get("subject") or {}
    fixed = (f"{name}={rule['fixed']}" for name, rule in rules.items() if rule["fixed"] is not None)
    allowed = (f"{name}: {rule['allowed']}" for name, rule in rules.items() if rule["allowed"] is not None)
    return ", ".join((*fixed, *allowed))


def _teams(record: Mapping[str, Any]) -> str:
    """The teams; servers of earlier releases have profiles for all alone."""
    return ", ".join(record.get("teams") or ()) or "all"


def _thresholds(record: Mapping[str, list[int]]) -> str:
    return ", ".join(map(str, record["alert_thresholds_days"]))


_KINDS = (
    Kind(
        "issuers",
        "issuer",
        "Issuers: the CAs that issue certificates.",
        {**FIRST, "TYPE": "type", "ENABLED": yes("enabled"), "ANSWERED": _answered, **LAST},
        (NAME, _ISSUER_TYPE, ENABLED, _SETTINGS),
        "Certificates among them: `certctl certs list --issuer {id}`.",
    ),
    Kind(
        "targets",
        "target",
        "Targets: where certificates are deployed.",
        {
            **FIRST,
            "TYPE": "type",
            "AGENT": "agent_id",
            "TEAM": "team_id",
            "ENABLED": yes("enabled"),
            "ALLOWED": fitness_in_short,
            **LAST,
        },
        (
            NAME,
            _TARGET_TYPE,
            Field("agent_id", "Id of the agent of its host; '' for none.", "--agent", sent=or_none),
            TEAM,
            ENABLED,
            _SETTINGS,
        ),
        "See `certctl targets certificates {id}`.",
    ),
    Kind(
        "owners",
        "owner",
        "Owners: people responsible for certificates.",
        {**FIRST, "EMAIL": "email", "TEAM": "team_id", **LAST},
        (NAME, _EMAIL, TEAM),
        "Certificates among them: `certctl certs list --owner {id}`.",
    ),
    Kind(
        "teams",
        "team",
        "Teams: the owners of certificates, and the scope of API keys.",
        {**FIRST, "NAMES": _names, "EMAIL": "email", "DESCRIPTION": "description", **LAST},
        (
            NAME,
            DESCRIPTION,
            _EMAIL,
            Field(
                "allowed_names",
                "A name that it may have: DNS:**.shop.example.com; *:* is any. Repeatable, in place of those "
                "that it has; '' for none. Before: `certctl teams names preview ID --allow-name NAME`.",
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
            **FIRST,
            "USAGES": "extended_key_usages",
            "LIFETIME": _days,
            "SUBJECT": _subject,
            "TEAMS": _teams,
            "APPROVAL": _approvals,
            "REVOCATION": _revocation,
            **LAST,
        },
        (
            NAME,
            DESCRIPTION,
            Field(
                "extended_key_usages",
                "serverAuth, clientAuth, codeSigning, emailProtection, timeStamping, documentSigning, "
                "ipsecIKE, or an OID. Repeatable. Other than serverAuth and clientAuth: with --team.",
                "--usage",
                list[str],
            ),
            Field(
                "subject",
                "O=Example: what the subject has beside the common name. C, ST, L, O, OU, serialNumber. "
                "Repeatable; the others stay; O= removes one.",
                "--subject",
                list[str],
                fixed_values,
            ),
            Field(
                "allowed_subject",
                "OU='eng-*': what a request may give for the subject; | is between alternatives. "
                "Repeatable; the others stay; OU= removes one. With --team.",
                "--allow-subject",
                list[str],
                allowed_values,
                into="subject",
            ),
            Field(
                "policies",
                "OID or OID=URL of its CPS: a certificate policy. Repeatable; '' for none.",
                "--policy",
                list[str],
                certificate_policies,
            ),
            Field(
                "teams",
                "Id of a team whose certificates may have it. Repeatable; '' for all.",
                "--team",
                list[str],
                some_or_none,
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
            Field(
                "no_rev_avail",
                "Certificates name neither CRL nor OCSP (noRevAvail, RFC 9608). For lifetimes of 7d at most.",
                "--no-rev-avail/--rev-avail",
            ),
        ),
        "Certificates among them: `certctl certs list --profile {id}`.",
    ),
    Kind(
        "policies",
        "policy",
        "Policies: rules that certificates must keep.",
        {
            **FIRST,
            "TYPE": "type",
            "SEVERITY": "severity",
            "ENABLED": yes("enabled"),
            "EVALUATED": _evaluated,
            "VIOLATIONS": _standing,
            **LAST,
        },
        (
            NAME,
            TYPE,
            Field("severity", "Warning only records violations; Error and Critical refuse the change, too."),
            ENABLED,
            _SETTINGS,
        ),
    ),
    Kind(
        "renewal-policies",
        "renewal policy",
        "Renewal policies: when certificates are renewed, and when expiry alerts are sent.",
        {
            **FIRST,
            "WINDOW": lambda record: f"{record['renewal_window_days']} d",
            "AUTO": yes("auto_renew"),
            "RETRIES": lambda record: str(record["max_retries"]),
            "ALERTS": _thresholds,
            "ON RENEWAL": "on_renewal",
            **LAST,
        },
        (
            NAME,
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
    *ACCESS_KINDS,
    Kind(
        "agents",
        "agent",
        "Agents: programs on hosts that deploy certificates there.",
        {
            **FIRST,
            "STATUS": "status",
            "HOSTNAME": "hostname",
            "TEAM": "team_id",
            "HEARTBEAT": "last_heartbeat_at",
            "NEXT": lambda record: record.get("next_contact_at"),  # servers of earlier releases have none
            "PROGRAM": "agent_version",
            "OS": "os",
            "ALLOWS": allowed_in_short,
        },
        (NAME, Field("hostname", "Name of its host."), TEAM),
        "With --force --reason R it is removed from its targets.",
    ),
)

KINDS: Mapping[str, Kind] = {kind.path: kind for kind in _KINDS}
