"""Kinds of records that say who may do what."""

from collections.abc import Mapping
from typing import Any

from certctl_client.catalog.fields import (
    Field,
    claim_path,
    claim_rules,
    every_one,
    key_set,
    or_none,
    role_grants,
    seconds,
    sign_in_settings,
    some_or_none,
    teams_or_all,
)
from certctl_client.catalog.kind import DESCRIPTION, ENABLED, FIRST, LAST, NAME, TEAM, TYPE, Kind, yes

_GRANTS = Field(
    "grants",
    "ROLE:TEAM,TEAM or ROLE:* for all teams. Repeatable: one for each role; '' for none.",
    "--grant",
    list[str],
    role_grants,
)


def _grants_in_short(record: Mapping[str, Any]) -> str:
    grants = [*record["grants"], *record.get("rule_grants", ())]
    return "; ".join(
        f"{g['role']}: {g['teams'] if g['teams'] == '*' else ', '.join(g['teams'])}" for g in grants
    )


def _claims_in_short(record: Mapping[str, Any]) -> str:
    return ", ".join(f"{'>'.join(c['path'])}={'|'.join(c['values'])}" for c in record["claims"])


def _teams_in_short(record: Mapping[str, Any]) -> str:
    return "*" if record["teams"] == "*" else ", ".join(record["teams"])


def _sign_in_in_short(record: Mapping[str, Any]) -> str:
    sign_in = record["sign_in"] or {}
    if not sign_in.get("enabled"):
        return "no"
    return "yes" if sign_in.get("auth_time", "required") == "required" else "yes, without auth_time (weaker)"


ACCESS_KINDS = (
    Kind(
        "identity-providers",
        "identity provider",
        "Identity providers: whose tokens can be exchanged for credentials, and with which people sign in.",
        {
            **FIRST,
            "TYPE": "type",
            "ISSUER": "issuer",
            "KEYS": lambda record: "pinned" if record["jwks"] else "read from the issuer",
            "SIGN-IN": _sign_in_in_short,
            **LAST,
        },
        (
            NAME,
            TYPE,
            Field("issuer", "The iss of its tokens, exactly. Cannot be changed later."),
            Field(
                "jwks",
                "Its public keys as a JSON key set: {\"keys\":[...]}; '' for none.",
                "--jwks",
                str,
                key_set,
            ),
            Field(
                "sign_in",
                "How people sign in with it: client_id=0oa1, client_secret=NAME OF THE SECRET, scopes=[...], "
                "required_claims={...}, keys_sleep_after_days=7, enabled=false, auth_time=absent (weaker: a "
                "sign-in counts from the session's start). Repeatable; '' for none.",
                "--sign-in",
                list[str],
                sign_in_settings,
            ),
        ),
        "Trust rules among them: `certctl trust-rules list`.",
    ),
    Kind(
        "access-rules",
        "access rule",
        "Access rules: which people of an identity provider have which role.",
        {
            **FIRST,
            "PROVIDER": "provider_id",
            "CLAIM": lambda record: f"{'>'.join(record['claim_path'])}={'|'.join(record['values'])}",
            "ROLE": "role",
            "TEAMS": _teams_in_short,
            **LAST,
        },
        (
            NAME,
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
            **FIRST,
            "PROVIDER": "provider_id",
            "ACCOUNT": "service_account_id",
            "CLAIMS": _claims_in_short,
            "ENABLED": yes("enabled"),
            **LAST,
        },
        (
            NAME,
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
            Field(
                "names",
                "A pattern of the names that its credentials may request. Repeatable; '' for all.",
                "--names",
                list[str],
                some_or_none,
            ),
            ENABLED,
        ),
    ),
    Kind(
        "service-accounts",
        "service account",
        "Service accounts: machines with keys and tokens of their own.",
        {
            **FIRST,
            "TEAM": "team_id",
            "GRANTS": _grants_in_short,
            "ENABLED": yes("enabled"),
            **LAST,
        },
        (
            NAME,
            TEAM,
            _GRANTS,
            DESCRIPTION,
            Field(
                "enabled",
                "Whether its keys and tokens work. Off ends all that it can do, until it is on again.",
            ),
            Field(
                "issues_per_day",
                "How many certificates it may request or renew in a day (UTC); 0 for any number.",
                kind=int,
                sent=or_none,
            ),
        ),
        "Trust rules that name it: `certctl trust-rules list`.",
    ),
    Kind(
        "users",
        "user",
        "Users: people, and what they may do.",
        {
            **FIRST,
            "EMAIL": "email",
            "GRANTS": _grants_in_short,
            "ENABLED": yes("enabled"),
            "SIGNED IN": "verified_at",
            **LAST,
        },
        (
            Field("name", "The person's name."),
            Field("email", "Mail address; '' for none.", sent=or_none),
            _GRANTS,
            Field("enabled", "Whether the person's sessions and keys work. Off ends all of them at once."),
        ),
    ),
)
