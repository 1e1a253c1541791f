"""What a team-admin tries without success: each attempt is one way to gain something in another team, or a
role that only administrators give. docs/security.md has their number."""

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from certctl.domain.catalog.record_kinds import Kind
from tests.support.access.two_teams import CLAIMS, KEYS, A, B, Teams, grants, two_teams
from tests.support.api.http import Answer
from tests.support.catalog.catalog import PATHS, a_body
from tests.support.clock import Clock
from tests.support.functions.deployed import deployed
from tests.support.template import ROOT

Attempt = Callable[[Teams], Answer]


@pytest.fixture(scope="module")
def teams() -> Iterator[Teams]:
    with deployed(Clock()) as stack:
        yield two_teams(stack)


def _post(kind: Kind, **fields: Any) -> Attempt:
    return lambda teams: teams.lead.post(PATHS[kind], a_body(kind, **_named(teams, fields)))


def _put(kind: Kind, name: str, **fields: Any) -> Attempt:
    return lambda teams: teams.lead.put(teams.path(kind, name), a_body(kind, **_named(teams, fields)))


def _delete(kind: Kind, name: str) -> Attempt:
    return lambda teams: teams.lead.delete(teams.path(kind, name))


def _new_key(**fields: Any) -> Attempt:
    return lambda teams: teams.lead.post(KEYS, {"name": "x"} | _named(teams, fields))


def _list_keys(name: str) -> Attempt:
    return lambda teams: teams.lead.get(KEYS, subject_id=teams.ids[name])


def _end_key(name: str, **query: str) -> Attempt:
    return lambda teams: teams.lead.delete(f"{KEYS}/{teams.ids[name]}", **query)


def _named(teams: Teams, fields: dict[str, Any]) -> dict[str, Any]:
    """`@name` stands for the id of what has the name."""
    return {
        key: teams.ids[value[1:]] if isinstance(value, str) and value.startswith("@") else value
        for key, value in fields.items()
    }


_GIVEN = [
    ("operator", [B]),
    ("operator", [A, B]),
    ("viewer", "*"),
    ("team-admin", [A]),
    ("auditor", [A]),
    ("auditor", "*"),
    ("admin", [A]),
    ("admin", "*"),
]
"""More than a team-admin of A may give."""
_BEYOND = ("foreign", "mixed", "mighty", "lent", "auditing", "everywhere")
"""Service accounts that are not, or not only, of A."""
_ANY_NAME = {"allowed_names": ["*:*"]}
_SA, _OWNER, _TRUST, _ACCESS = Kind.SERVICE_ACCOUNT, Kind.OWNER, Kind.TRUST_RULE, Kind.ACCESS_RULE


def _attempts() -> Iterator[tuple[str, Attempt]]:
    for role, given in _GIVEN:
        what = f"{role} in {given}"
        yield f"make an account: {what}", _post(_SA, team_id=A, grants=grants(role, given))
        yield f"widen an account: {what}", _put(_SA, "own", grants=grants() + grants(role, given))
        yield f"make a key: {what}", _new_key(role=role, teams=given if given != "*" else "*")
        yield f"make an access rule: {what}", _post(_ACCESS, role=role, teams=given)
        yield f"widen an access rule: {what}", _put(_ACCESS, "access of own", role=role, teams=given)
    for name in _BEYOND:
        account = f"@{name}"
        yield f"make a key of {name}", _new_key(subject_id=account)
        yield f"make a narrow key of {name}", _new_key(subject_id=account, role="viewer", teams=[A])
        yield f"list the keys of {name}", _list_keys(name)
        yield f"end a key of {name}", _end_key(f"key of {name}")
        yield f"report a key of {name} as leaked", _end_key(f"key of {name}", reason="leaked")
        yield f"narrow {name}", _put(_SA, name, grants=grants("viewer"), team_id=A)
        yield f"disable {name}", _put(_SA, name, grants=grants("viewer"), enabled=False)
        yield f"delete {name}", _delete(_SA, name)
        yield f"trust tokens for {name}", _post(_TRUST, service_account_id=account, claims=CLAIMS)
        yield f"turn an own trust rule to {name}", _put(_TRUST, "rule of own", service_account_id=account)
        yield (
            f"turn the trust rule of {name} to an own account",
            _put(_TRUST, f"rule of {name}", service_account_id="@own"),
        )
        yield (
            f"disable the trust rule of {name}",
            _put(_TRUST, f"rule of {name}", service_account_id=account, enabled=False),
        )
        yield f"delete the trust rule of {name}", _delete(_TRUST, f"rule of {name}")
        yield f"preview the trust rule of {name}", _preview(name)
    for name in ("foreign", "mixed", "everybody's", "leads'", "admins'"):
        yield (
            f"take over the access rule of {name}",
            _put(_ACCESS, f"access of {name}", role="viewer", teams=[A]),
        )
        yield f"delete the access rule of {name}", _delete(_ACCESS, f"access of {name}")
    yield "make an account in B", _post(_SA, team_id=B, grants=grants())
    yield "move an account to B", _put(_SA, "own", team_id=B, grants=grants())
    yield "make an owner in B", _post(_OWNER, team_id=B)
    yield "move an owner to B", _put(_OWNER, "own owner", team_id=B)
    yield "take an owner of B", _put(_OWNER, "foreign owner", team_id=A)
    yield "rename an owner of B", _put(_OWNER, "foreign owner")
    yield "delete an owner of B", _delete(_OWNER, "foreign owner")
    yield "list keys of a user", _list_keys("user")
    yield "make a key of a user", _new_key(subject_id="@user", role="viewer", teams=[A])
    yield "end a key of a user", _end_key("key of user")
    yield "end a key of B that is narrowed to A", _end_key("narrow key of lent")
    yield "report it as leaked", _end_key("narrow key of lent", reason="leaked")
    yield "make a key without teams' limit", _new_key(role="operator", teams="*")
    yield "make a user", _post(Kind.USER, grants=grants())
    yield "change a user", _put(Kind.USER, "user", grants=grants())
    yield "make an identity provider", _post(Kind.IDENTITY_PROVIDER)
    yield "make a team", _post(Kind.TEAM)
    yield (
        "name a team",
        lambda t: t.lead.put(f"{PATHS[Kind.TEAM]}/{A}", _ANY_NAME | {"name": A}),
    )
    yield (
        "preview names",
        lambda t: t.lead.post(f"/api/v1/teams/{A}/names/preview", _ANY_NAME),
    )
    yield "make a channel", _channel
    yield "make a policy", _post(Kind.POLICY)
    yield "make a profile", _post(Kind.PROFILE)
    yield "make an issuer", _post(Kind.ISSUER)
    yield "read a user", lambda t: t.lead.get(t.path(Kind.USER, "user"))


def _preview(name: str) -> Attempt:
    def preview(teams: Teams) -> Answer:
        path = f"/api/v1/auth/trust-rules/{teams.ids[f'rule of {name}']}/preview"
        caller = teams.catalog.stack.client("identity_api", teams.lead.key)
        return caller.post(path, {"claims": {"sub": "job"}})

    return preview


def _channel(teams: Teams) -> Answer:
    settings = {"url": "certctl/blue/channels/walk"}
    body = {"id": "walk", "kind": "Slack", "settings": settings}
    return teams.catalog.stack.client("notifications_api", teams.lead.key).post("/api/v1/channels", body)


ATTEMPTS = dict(_attempts())


def _is_refused_by_field(answer: Answer) -> bool:
    """Whether the request is refused for what it names, not for its form: an account that is not there for
    the caller, or teams that the role cannot have."""
    fields = {error["field"] for error in answer.body["errors"]} if answer.status == 422 else set()
    return bool(fields) and fields <= {"service_account_id", "teams", "role"}


def test_no_attempt_of_a_team_admin_to_gain_more_gets_through_or_changes_a_record(teams: Teams) -> None:
    before, through = teams.snapshot(), []
    for name, attempt in ATTEMPTS.items():
        answer = attempt(teams)
        if answer.status not in (403, 404) and not _is_refused_by_field(answer):
            through.append((name, answer.status, answer.text))
    assert through == []
    assert teams.snapshot() == before


def test_the_documentation_has_the_number_of_attempts() -> None:
    text = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")
    stated = re.search(r"(\d+) attempts of a team-admin", text)
    assert stated is not None
    assert int(stated[1]) == len(ATTEMPTS)
