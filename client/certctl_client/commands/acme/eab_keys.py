"""`certctl acme eab`: EAB keys, with which ACME clients register."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Annotated, Any, cast
from uuid import uuid4

import typer

from certctl_client.api.schema import (
    AuthorizationMode,
    EabKeyBody,
    EabKeyView,
    ListEabKeysQuery,
    MintedEabKeyView,
    NewEabKeyBody,
    RecordScope,
)
from certctl_client.catalog.changes import edit_conflict
from certctl_client.commands import shown_once
from certctl_client.commands.confirmation import confirm
from certctl_client.commands.listing import Shown, ShownRecord, a_list, a_record
from certctl_client.commands.options import OutFile, Output, Team, Yes, given
from certctl_client.commands.shown_once import show_key
from certctl_client.errors import ConfigurationError, RequestFailed
from certctl_client.output import Detail, Format, fields_of, say, show
from certctl_client.output.views import Column
from certctl_client.plain_text import counted
from certctl_client.session import open_stack
from certctl_client.times import wire_time_ahead

app = typer.Typer(help="EAB keys: with them ACME clients register.", no_args_is_help=True)

_SECRET = "hmac_key"  # noqa: S105  # the name of a field
_ANY = "any"
_CONFLICT = 409
_PER_PAGE = 500
_COLUMNS: Mapping[str, Column] = {
    "ID": "id",
    "NAME": "name",
    "NAMES": lambda key: ", ".join(key["names"]),
    "AUTHORIZATION": "authorization",
    "SERVICE ACCOUNT": "service_account_id",
    "TEAM": "team_id",
    "ACCOUNTS": lambda key: f"{key['accounts']} of {key['max_accounts'] or 'any'}",
    "OPEN": lambda key: "yes" if key["is_open"] else "no",
    "REVOKED": "revoked_at",
}
_COMPUTED = (
    "id",
    "accounts",
    "generation",
    "made_by",
    "rotated_by",
    "revoked_at",
    "created_at",
    "updated_at",
)
_FIXED = frozenset({*_COMPUTED, "service_account_id", "team_id", "is_open", "version"})
"""Fields of a view that no edit sends."""

KeyId = Annotated[str, typer.Argument(metavar="ID", help="As `certctl acme eab list` shows it.")]
Names = Annotated[
    list[str] | None,
    typer.Option(
        "--allow-name",
        help="A pattern of names that may be ordered, such as '**.web.example.com' or IP:10.0.0.0/8. "
        "Repeatable.",
    ),
]
Mode = Annotated[
    AuthorizationMode | None,
    typer.Option(help="trusted: names are authorized at once; default: by challenges."),
]
Challenges = Annotated[
    list[str] | None,
    typer.Option(
        "--challenge", help="http-01, dns-01 or tls-alpn-01, which is offered; default: all. Repeatable."
    ),
]
Profiles = Annotated[
    list[str] | None,
    typer.Option("--profile", help="Id of a profile; the first is the default one. Repeatable."),
]
Owner = Annotated[str | None, typer.Option("--owner", help="Id of the owner of the certificates.")]
Issuer = Annotated[str | None, typer.Option("--issuer", help="Id of an issuer, of a CA of this stack.")]
RenewalPolicy = Annotated[str | None, typer.Option("--renewal-policy", help="Id of a renewal policy.")]
Environment = Annotated[str | None, typer.Option(help="Environment of the certificates.")]
Tags = Annotated[
    list[str] | None, typer.Option("--tag", help="A tag of the certificates, as NAME=VALUE. Repeatable.")
]
Wildcards = Annotated[
    bool | None,
    typer.Option("--wildcards/--no-wildcards", help="Whether the * of a pattern matches a wildcard name."),
]
Cidrs = Annotated[
    list[str] | None,
    typer.Option("--source-cidr", help="A network that requests may come from; default: any. Repeatable."),
]
Expires = Annotated[
    str | None,
    typer.Option(help="A time, or a span from now such as 90d: it makes no ACME accounts after that."),
]
MaxAccounts = Annotated[
    str | None, typer.Option(help="How many valid ACME accounts it may have, or any; default: 10.")
]
Records = Annotated[
    RecordScope | None,
    typer.Option(help="per_account: each ACME account has certificates of its own for the same names."),
]

ShownTo = Annotated[
    str | None,
    typer.Option(
        help="Id of an API key, session, user or service account: keys in force whose secret it was shown."
    ),
]


@app.command("list")
@a_list
def list_eab_keys(
    shown: Shown,
    team: Team = None,
    account: Annotated[str | None, typer.Option(help="Id of a service account: only its keys.")] = None,
    shown_to: ShownTo = None,
) -> None:
    """EAB keys, oldest first. Their secrets are not stored."""
    filters = given(team_id=team, service_account_id=account, shown_to=shown_to, per_page=shown.per_page)
    with open_stack() as stack:
        query = cast(ListEabKeysQuery, filters)
        shown.present(lambda: stack.acme.eab_keys(query), _COLUMNS, fields_of(EabKeyView))


@app.command("show")
@a_record
def show_eab_key(shown: ShownRecord, key_id: KeyId) -> None:
    """One EAB key: what its clients may order, and how many there are."""
    with open_stack() as stack:
        shown.present(lambda: Detail(stack.acme.eab_key(key_id)))


@app.command("create")
def create_eab_key(
    name: Annotated[str, typer.Option(help="Purpose of the key.")],
    account: Annotated[
        str, typer.Option(help="Id of the service account for which its clients request certificates.")
    ],
    names: Names = None,
    team: Annotated[
        str | None, typer.Option(help="Id of the team; needed if the service account has several.")
    ] = None,
    authorization: Mode = None,
    challenges: Challenges = None,
    wildcards: Wildcards = None,
    profiles: Profiles = None,
    owner: Owner = None,
    issuer: Issuer = None,
    renewal_policy: RenewalPolicy = None,
    environment: Environment = None,
    tags: Tags = None,
    source_cidrs: Cidrs = None,
    expires: Expires = None,
    max_accounts: MaxAccounts = None,
    records: Records = None,
    is_open: Annotated[
        bool,
        typer.Option("--open", help="ACME accounts are made without it: by everybody in its networks."),
    ] = False,
    out: OutFile = None,
    output: Output = Format.TABLE,
) -> None:
    """Create an EAB key. Its secret is shown only once, with a command for certbot."""
    body = given(
        service_account_id=account,
        team_id=team,
        is_open=is_open or None,
        name=name,
        names=names or None,
        authorization=authorization,
        challenges=challenges or None,
        wildcards=wildcards,
        profile_ids=profiles or None,
        owner_id=owner,
        issuer_id=issuer,
        renewal_policy_id=renewal_policy,
        environment=environment,
        tags=_tags(tags),
        source_cidrs=source_cidrs or None,
        expires_at=expires and wire_time_ahead(datetime.now(UTC), expires),
        records=records,
    ) | _accounts(max_accounts)
    with open_stack() as stack:
        minted = shown_once.minted(
            lambda: stack.acme.create_eab_key(cast(NewEabKeyBody, body), str(uuid4())),
            "The EAB key may have been created: find it with `certctl acme eab list`, and delete it.",
        )
        show_key(minted, out, output, lambda: stack.acme.delete_eab_key(minted["id"]), _SECRET)
    _say_use(minted, out is not None)


@app.command("edit")
def edit_eab_key(
    key_id: KeyId,
    name: Annotated[str | None, typer.Option(help="Purpose of the key.")] = None,
    names: Names = None,
    authorization: Mode = None,
    challenges: Challenges = None,
    wildcards: Wildcards = None,
    profiles: Profiles = None,
    owner: Owner = None,
    issuer: Issuer = None,
    renewal_policy: RenewalPolicy = None,
    environment: Environment = None,
    tags: Tags = None,
    source_cidrs: Cidrs = None,
    expires: Expires = None,
    max_accounts: MaxAccounts = None,
    records: Records = None,
    output: Output = Format.TABLE,
) -> None:
    """Change an EAB key. Options that are not given stay; a list is replaced as a whole.

    Refused if the key has changed since it was read. Its ACME accounts are bound by it within 15 seconds.
    """
    changes = given(
        name=name,
        names=names or None,
        authorization=authorization,
        challenges=challenges or None,
        wildcards=wildcards,
        profile_ids=profiles or None,
        owner_id=owner,
        issuer_id=issuer,
        renewal_policy_id=renewal_policy,
        environment=environment,
        tags=_tags(tags),
        source_cidrs=source_cidrs or None,
        expires_at=expires and wire_time_ahead(datetime.now(UTC), expires),
        records=records,
    ) | _accounts(max_accounts)
    if not changes:
        raise ConfigurationError("There is nothing to change.", "Give an option.")
    with open_stack() as stack:
        before = stack.acme.eab_key(key_id)
        kept = {field: value for field, value in before.items() if field not in _FIXED}
        body = cast(EabKeyBody, {**kept, **changes})
        try:
            show(Detail(stack.acme.edit_eab_key(key_id, body, before["version"])), output)
        except RequestFailed as refused:
            now = stack.acme.eab_key(key_id)["version"]
            if refused.status != _CONFLICT or now == before["version"]:
                raise
            raise edit_conflict("EAB key", "acme eab", key_id, before["version"], now) from None


@app.command("rotate")
def rotate_eab_key(
    key_id: KeyId, out: OutFile = None, yes: Yes = False, output: Output = Format.TABLE
) -> None:
    """Replace the secret of an EAB key: the previous one registers nobody. Registered clients continue."""
    confirm(f"Replace the secret of the EAB key {key_id}?", yes)
    with open_stack() as stack:
        minted = shown_once.minted(
            lambda: stack.acme.rotate_eab_key(key_id),
            f"The secret may have been replaced: repeat `certctl acme eab rotate {key_id}`.",
        )
    show_key(minted, out, output, lambda: None, _SECRET)
    _say_use(minted, out is not None)


@app.command("revoke")
def revoke_eab_key(
    key_id: Annotated[
        str | None, typer.Argument(metavar="[ID]", help="As `certctl acme eab list` shows it.")
    ] = None,
    shown_to: ShownTo = None,
    yes: Yes = False,
) -> None:
    """Revoke an EAB key permanently: its clients order nothing more, and may still revoke certificates.

    With --shown-to all whose secret somebody was shown, for example a person who left or a session that was
    stolen.
    """
    if (key_id is None) == (shown_to is None):
        raise ConfigurationError("Give the id of an EAB key, or --shown-to.", "See `certctl acme eab list`.")
    if shown_to is not None:
        _revoke_shown_to(shown_to, yes)
    if key_id is not None:
        _revoke_one(key_id, yes)


def _revoke_shown_to(seer_id: str, yes: bool) -> None:
    """One after the other: a repeat continues, for revoked keys are not listed."""
    with open_stack() as stack:
        found = list(stack.acme.eab_keys({"shown_to": seer_id, "per_page": _PER_PAGE}))
        if not found:
            say(f"No EAB key in force has a secret that {seer_id} was shown.")
            return
        named = ", ".join(f"{key['id']} ({key['accounts']} ACME accounts)" for key in found)
        confirm(f"Revoke {counted(len(found), 'EAB key')}: {named}? This cannot be undone.", yes)
        for key in found:
            stack.acme.revoke_eab_key(key["id"])
            say(f"The EAB key {key['id']} was revoked.")


def _revoke_one(key_id: str, yes: bool) -> None:
    with open_stack() as stack:
        if not yes:
            count = stack.acme.eab_key(key_id)["accounts"]
            confirm(f"Revoke the EAB key {key_id} of {count} ACME accounts? This cannot be undone.", yes)
        stack.acme.revoke_eab_key(key_id)
    say(f"The EAB key {key_id} was revoked. Jobs that are still open are cancelled within minutes.")


@app.command("delete")
def delete_eab_key(key_id: KeyId, yes: Yes = False) -> None:
    """Delete an EAB key that has no ACME accounts."""
    confirm(f"Delete the EAB key {key_id}?", yes)
    with open_stack() as stack:
        stack.acme.delete_eab_key(key_id)
    say(f"The EAB key {key_id} was deleted.")


def _say_use(minted: MintedEabKeyView, is_in_file: bool) -> None:
    """Shows how certbot uses the key."""
    if minted["is_open"]:
        return
    directory = minted["directory_url"] or "DIRECTORY_URL"
    secret = "$(cat FILE)" if is_in_file else minted["hmac_key"]
    say("Register with it, for example by certbot:")
    say(
        f"  certbot register --server {directory} --eab-kid {minted['id']} --eab-hmac-key {secret} "
        "--agree-tos --register-unsafely-without-email"
    )


def _accounts(wanted: str | None) -> dict[str, Any]:
    """`any` is null, which `given` would leave out. Raises ConfigurationError."""
    if wanted is None:
        return {}
    if wanted == _ANY:
        return {"max_accounts": None}
    if not (wanted.isascii() and wanted.isdigit()):
        raise ConfigurationError(f"{wanted} is not a number of ACME accounts.", "Give a number, or any.")
    return {"max_accounts": int(wanted)}


def _tags(typed: list[str] | None) -> dict[str, str] | None:
    """Raises ConfigurationError."""
    if not typed:
        return None
    parted = [tag.partition("=") for tag in typed]
    if not all(equals for _, equals, _ in parted):
        raise ConfigurationError("A tag is NAME=VALUE.", "Like --tag cost=42.")
    return {name: value for name, _, value in parted}
