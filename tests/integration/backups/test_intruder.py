"""After an intrusion: a restore in mode `replace` ends what the intruder made, and no list says otherwise."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from certctl.domain.catalog.record_kinds import Kind
from deploy.backups.places import Directory
from deploy.backups.restoring import Mode
from deploy.backups.tables.tables import Rules, is_short_lived
from functions.stack_admin.app import lambda_handler as stack_admin
from tests.support.aws.backups import NAMES, Restore, dumped
from tests.support.aws.point_in_time import snapshot
from tests.support.catalog.catalog import PATHS, CatalogByHttp
from tests.support.functions.deployed import Deployed
from tests.support.functions.lambda_context import Context
from tests.support.functions.stack_admin import ENVIRONMENT
from tests.support.identity.issuers import running_issuer
from tests.support.identity.sign_in_provider import running_provider
from tests.support.recovery import CERTIFICATES, KEYS, Before, Intruder, furnished, listed

pytestmark = pytest.mark.slow

_OUT = (401, 401)
_WORKED = (200, 201)
_ALL_WORKED = {
    "a session of an administrator's key": _WORKED,
    "a widened account": _WORKED,
    "an account made later": _WORKED,
    "a key made later": _WORKED,
    "a child key": _WORKED,
    "a personal key": _WORKED,
    "a session of a user": _WORKED,
    "a key of a user made later": _WORKED,
    "a planted credential": _WORKED,
    "an exchanged token": (200, 403),
    "an agent": (200, 200),
    "a session of a provider": _WORKED,
    "an exchange by a trust rule": (200,),
    "a bootstrap token": (422,),
    "a sign-in with a provider": (True,),
}
_NOTHING_WORKS = dict.fromkeys(_ALL_WORKED, _OUT) | {
    "a widened account": (200, 403),  # what the viewer had
    "an exchange by a trust rule": (401,),
    "a bootstrap token": (401,),
    "a sign-in with a provider": (False,),
}
_OF_STACK_ADMIN = (
    "CERTCTL_PKI_BUCKET",
    "CERTCTL_PKI_HOST",
    "CERTCTL_ROOT_KEY_ARN",
    "CERTCTL_ISSUING_KEY_ARN",
)
_OF_THE_CA = ("CERTCTL_CA_ROOT_SUBJECT", "CERTCTL_CA_ISSUING_SUBJECT", "CERTCTL_CA_PERMITTED_DOMAINS")


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CERTCTL_LOCAL", "1")
    monkeypatch.setenv("CERTCTL_ALLOWED_PRIVATE_CIDRS", "127.0.0.0/8")
    for name in (*_OF_STACK_ADMIN, *_OF_THE_CA):
        monkeypatch.setenv(name, ENVIRONMENT[name])


@pytest.fixture
def before(stack: Deployed) -> Before:
    CatalogByHttp(stack).with_defaults()
    return furnished(stack)


@pytest.fixture
def intruder(stack: Deployed, before: Before, tmp_path: Path) -> Iterator[Intruder]:
    """Comes after the backup in `tmp_path/backup`."""
    dumped(stack.database.client, tmp_path / "backup")
    with running_issuer() as issuer, running_provider(stack.clock) as (provider, server):
        intruder = Intruder(stack, before)
        intruder.starts_a_session()
        intruder.widens_an_account()
        intruder.makes_keys()
        intruder.trusts(issuer)
        intruder.enrols()
        intruder.plants_rows()
        intruder.signs_in(provider, server)
        yield intruder


def restored(stack: Deployed, folder: Path, mode: Mode = Mode.REPLACE, *, keeps_keys: bool = False) -> Any:
    """Restores as `make restore` does. Returns the answer of stack_admin."""
    rules, place = Rules(keeps_keys=keeps_keys), Directory(folder / "backup")
    Restore(stack.database.client, place, folder / "journal.json", NAMES, rules).run(mode)
    stack.restart()
    return stack.privileges.of("stack_admin", stack_admin)({"action": "restore"}, Context())


def statuses(stack: Deployed, key: str) -> tuple[int, int]:
    read = stack.client("certificates_api", key).get(CERTIFICATES)
    write = stack.client("catalog_api", key).post(
        PATHS[Kind.OWNER], {"name": "Ann", "email": "a@example.com"}
    )
    return read.status, write.status


def test_nothing_that_an_intruder_made_works_after_a_restore(
    stack: Deployed, before: Before, intruder: Intruder, tmp_path: Path
) -> None:
    assert intruder.tried() == _ALL_WORKED
    restored(stack, tmp_path)
    assert intruder.tried() == _NOTHING_WORKS
    assert statuses(stack, before.admin_key) == (200, 201)


def test_the_lists_say_what_works_after_a_restore(
    stack: Deployed, before: Before, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    lists = listed(stack, before)
    request.getfixturevalue("intruder")
    grown = {name for name, ids in listed(stack, before).items() if ids - lists[name]}
    answer = restored(stack, tmp_path)
    assert grown == lists.keys()
    assert listed(stack, before) == lists
    assert len(answer["api_keys_ended"]) == answer["api_keys_revoked"] == 6


def test_no_row_that_signs_people_in_is_left_of_an_intruder(
    stack: Deployed, intruder: Intruder, tmp_path: Path
) -> None:
    restored(stack, tmp_path)
    rows = snapshot(stack.database.client)
    kinds = {row["kind"]["S"] for row in rows["state"]}
    assert kinds.isdisjoint({"jwks", "login_code", "bootstrap_token", "bootstrap_token_list", "idempotency"})
    assert not [row for row in rows["credentials"] if is_short_lived(row)]


def test_keys_go_on_where_that_is_wanted_within_what_their_accounts_have(
    stack: Deployed, intruder: Intruder, tmp_path: Path
) -> None:
    restored(stack, tmp_path, keeps_keys=True)
    kept = {"a key made later": _WORKED, "a child key": _WORKED, "a personal key": _WORKED}
    assert intruder.tried() == _NOTHING_WORKS | kept
    of_account = stack.admin("catalog_api").get(KEYS, subject_id=intruder.before.admin_id).body["data"]
    assert len(of_account) == 3


def test_what_is_missing_alone_leaves_the_intruder_in(
    stack: Deployed, intruder: Intruder, tmp_path: Path
) -> None:
    restored(stack, tmp_path, Mode.MISSING)
    assert intruder.tried() == _ALL_WORKED
