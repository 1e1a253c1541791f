"""A restore brings back no secret of an EAB key that was rotated away since the backup."""

from pathlib import Path
from typing import Any

import pytest

from certctl import config
from certctl.connectors.acme.binding_macs import BindingMacs
from certctl.domain.access.permissions import Role
from certctl.domain.base64url import to_base64url
from certctl.store.acme.eab_keys import EabKeyStore
from certctl.store.acme.items import EabKeyItem
from certctl.store.acme.keys import EAB_KEY
from certctl.store.writes import put
from deploy.backups.journal import Journal
from deploy.backups.places import Directory
from deploy.backups.restore import changed_secrets
from deploy.backups.restoring import Mode
from deploy.backups.tables.tables import Rules
from tests.support.acme.administered import EAB_KEYS, AcmeByHttp
from tests.support.acme.gateway import AcmeGateway
from tests.support.acme.raw import RawAcme
from tests.support.aws.backups import NAMES, Restore, dumped
from tests.support.functions.deployed import Deployed

pytestmark = pytest.mark.slow

TRUSTING = Rules(keeps_keys=True)


@pytest.fixture
def acme(stack: Deployed) -> AcmeByHttp:
    return AcmeByHttp(stack)


def rotated(acme: AcmeByHttp, key_id: str) -> str:
    answer = acme.admin.post(f"{EAB_KEYS}/{key_id}/rotate")
    assert answer.status == 200, answer.text
    text: str = answer.body["hmac_key"]
    return text


_NO_RULES = Rules()


def restored(acme: AcmeByHttp, folder: Path, rules: Rules = _NO_RULES, mode: Mode = Mode.REPLACE) -> Any:
    """Restores as `make restore` does. Returns the lines about EAB keys."""
    client, journal = acme.stack.database.client, folder / "journal.json"
    Restore(client, Directory(folder / "backup"), journal, NAMES, rules).run(mode)
    acme.stack.restart()
    return Journal(journal, "test").fact("eab_secrets_changed")


def status_of(acme: AcmeByHttp, key_id: str, secret: str) -> int:
    return RawAcme(AcmeGateway(acme.stack)).bind(key_id, secret).status_code


def test_a_secret_that_leaked_and_was_rotated_away_binds_no_more_after_a_restore(
    acme: AcmeByHttp, tmp_path: Path
) -> None:
    made = acme.made()
    dumped(acme.stack.database.client, tmp_path / "backup")
    rotated(acme, made["id"])
    assert status_of(acme, made["id"], made["hmac_key"]) == 403

    restored(acme, tmp_path)

    assert status_of(acme, made["id"], made["hmac_key"]) == 403


def test_a_rotation_after_a_restore_never_gives_the_text_that_an_intruder_was_shown(
    acme: AcmeByHttp, tmp_path: Path
) -> None:
    made = acme.made()
    dumped(acme.stack.database.client, tmp_path / "backup")
    intruders = rotated(acme, made["id"])

    restored(acme, tmp_path)
    before = status_of(acme, made["id"], intruders)
    mine = rotated(acme, made["id"])

    assert before == 403
    assert mine not in (intruders, made["hmac_key"])
    assert [status_of(acme, made["id"], text) for text in (intruders, made["hmac_key"], mine)] == [
        403,
        403,
        201,
    ]


def test_a_secret_of_no_rotation_since_the_backup_goes_on(acme: AcmeByHttp, tmp_path: Path) -> None:
    made = acme.made()
    dumped(acme.stack.database.client, tmp_path / "backup")

    lines = restored(acme, tmp_path)

    assert status_of(acme, made["id"], made["hmac_key"]) == 201
    assert lines == []


def test_the_later_secret_holds_where_those_who_made_keys_are_trusted(
    acme: AcmeByHttp, tmp_path: Path
) -> None:
    made = acme.made()
    dumped(acme.stack.database.client, tmp_path / "backup")
    later = rotated(acme, made["id"])

    restored(acme, tmp_path, TRUSTING)

    assert status_of(acme, made["id"], later) == 201
    assert status_of(acme, made["id"], made["hmac_key"]) == 403
    assert acme.admin.get(f"{EAB_KEYS}/{made['id']}").body["generation"] == 2


@pytest.mark.parametrize("rules", [Rules(), TRUSTING])
def test_who_rotated_it_since_the_backup_is_listed_and_still_found(
    acme: AcmeByHttp, tmp_path: Path, rules: Rules
) -> None:
    made = acme.made()
    dumped(acme.stack.database.client, tmp_path / "backup")
    _, other_id = acme.stack.new_key_and_id(Role.ADMIN)
    store = EabKeyStore(acme.stack.database)
    key = store.get(made["id"])
    assert key is not None
    after = key.changed(acme.stack.clock(), generation=2, salt="5a", shown_to=(*key.shown_to, other_id))
    acme.stack.database.transact(store.replace_steps(key, after))

    lines = restored(acme, tmp_path, rules)

    again = store.get(made["id"])
    assert again is not None
    assert again.was_shown_to(other_id)
    assert lines == [f"{made['id']}, shown since the backup to {other_id}"]
    assert made["id"] in changed_secrets(lines, rules)


def test_the_content_is_that_of_the_backup_though_the_secret_is_not(acme: AcmeByHttp, tmp_path: Path) -> None:
    made = acme.made()
    dumped(acme.stack.database.client, tmp_path / "backup")
    widened = {"name": "wide", "names": ["*:*"]}
    assert acme.admin.put(f"{EAB_KEYS}/{made['id']}", widened).status == 200
    rotated(acme, made["id"])

    restored(acme, tmp_path)

    read = acme.admin.get(f"{EAB_KEYS}/{made['id']}").body
    assert (read["name"], read["names"]) == (made["name"], made["names"])


def test_an_interrupted_restore_that_runs_again_leaves_the_old_secret_dead(
    acme: AcmeByHttp, tmp_path: Path
) -> None:
    made = acme.made()
    dumped(acme.stack.database.client, tmp_path / "backup")
    rotated(acme, made["id"])

    restored(acme, tmp_path)
    (tmp_path / "journal.json").unlink()
    lines = restored(acme, tmp_path)

    assert status_of(acme, made["id"], made["hmac_key"]) == 403
    assert len(lines) == 1


def test_a_row_of_an_earlier_release_keeps_its_secret_until_it_is_rotated(
    acme: AcmeByHttp, tmp_path: Path
) -> None:
    made = acme.made()
    store = EabKeyStore(acme.stack.database)
    row = acme.stack.database.get(EabKeyItem, EAB_KEY, made["id"], consistent=True)
    assert row is not None
    row.salt = row.shown_to = None
    acme.stack.database.write(put(row))
    macs = BindingMacs(acme.stack.clients["kms"], config.acme().binding_key_arn)
    earlier = to_base64url(macs.mac_key(made["id"], 1, ""))
    assert status_of(acme, made["id"], earlier) == 201
    dumped(acme.stack.database.client, tmp_path / "backup")
    rotated(acme, made["id"])

    restored(acme, tmp_path)

    key = store.get(made["id"])
    assert key is not None
    assert status_of(acme, made["id"], earlier) == 403
    assert key.was_shown_to(made["made_by"])
