"""A restore writes profiles as the backup has them. What no save accepts is signed for nobody even so."""

import json
from collections.abc import Iterator, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from certctl.domain.access.permissions import Role
from deploy.backups.restoring import Mode
from tests.support.aws.backups import dumped, restore_of
from tests.support.catalog.entries import a_profile, store_entry
from tests.support.functions.deployed import Deployed
from tests.support.issuing.csr import csr_pem, new_key
from tests.support.issuing.issuing import CERTIFICATES, Issuing, issuing

_ENROLMENT_AGENT, _LOGON = "1.3.6.1.4.1.311.20.2.1", "1.3.6.1.4.1.311.20.2.2"
TAMPERED: Mapping[str, tuple[dict[str, Any], str]] = {
    "OCSPSigning by OID": ({"extended_key_usages": ["1.3.6.1.5.5.7.3.9"]}, "1.3.6.1.5.5.7.3.9 is refused"),
    "OCSPSigning by name": ({"extended_key_usages": ["OCSPSigning"]}, "OCSPSigning is refused"),
    "any usage": ({"extended_key_usages": ["serverAuth", "2.5.29.37.0"]}, "2.5.29.37.0 is refused"),
    "an enrolment agent": ({"extended_key_usages": [_ENROLMENT_AGENT]}, f"{_ENROLMENT_AGENT} is refused"),
    "a logon": ({"extended_key_usages": ["clientAuth", _LOGON]}, f"{_LOGON} is refused"),
    "no usage": ({"extended_key_usages": []}, "needs at least one"),
    "a group of Kubernetes": ({"subject": {"O": {"fixed": "system:masters"}}}, "begins with system:"),
    "a subject beyond X.520": ({"subject": {"O": {"fixed": "x" * 65}}}, "1 to 64 characters"),
}


@pytest.fixture
def world(stack: Deployed) -> Iterator[Issuing]:
    with issuing(stack) as made:
        yield made


def _tampered(world: Issuing, changes: Mapping[str, Any]) -> None:
    """Writes into the row of the profile `web` what its content then is, as who may write to a backup can."""
    key = {"kind": {"S": "profile"}, "id": {"S": "web"}}
    client = world.stack.database.client
    row = client.get_item(TableName="catalog", Key=key)["Item"]
    content = json.loads(row["content"]["S"]) | changes
    client.put_item(TableName="catalog", Item=row | {"content": {"S": json.dumps(content)}})


def _restored(world: Issuing, changes: Mapping[str, Any], folder: Path) -> None:
    """From a backup with the changed profile."""
    _tampered(world, changes)
    place = dumped(world.stack.database.client, folder / "backup")
    restore_of(place, world.stack.database.client, folder).run(Mode.REPLACE)
    world.stack.restart()
    world.stack.clock.advance(timedelta(minutes=2))


@pytest.mark.slow
@pytest.mark.parametrize(("changes", "why"), TAMPERED.values(), ids=TAMPERED)
def test_a_restored_profile_that_no_save_accepts_issues_nothing(
    world: Issuing, tmp_path: Path, changes: dict[str, Any], why: str
) -> None:
    store_entry(world.stack.database, a_profile("web", world.stack.clock()))
    active = world.issued(profile_id="web")
    pending = world.created("waiting.example.com", profile_id="web").body
    operator = world.as_role(Role.OPERATOR)
    _restored(world, changes, tmp_path)

    csr = csr_pem("www.example.com", [], new_key())
    asked = {"common_name": "www.example.com", "profile_id": "web", "csr_pem": csr}
    answers = [
        operator.post(CERTIFICATES, asked),
        operator.post(f"{CERTIFICATES}/{active['id']}/renew", {"csr_pem": csr}),
    ]
    world.work()

    assert [answer.status for answer in answers] == [422, 422]
    assert all(why in answer.text for answer in answers), [answer.text for answer in answers]
    assert world.read(pending["id"])["serial_number"] is None
    assert why in str(
        world.stack.admin("insights_api").get(f"/api/v1/jobs/{pending['job_id']}").body["last_error"]
    )


@pytest.mark.slow
def test_a_profile_of_an_earlier_release_for_all_teams_keeps_its_meaning(
    world: Issuing, tmp_path: Path
) -> None:
    """Until the release that knew teams, code signing was for everybody: its certificates are renewed."""
    store_entry(world.stack.database, a_profile("web", world.stack.clock()))
    active = world.issued(profile_id="web")

    _restored(world, {"extended_key_usages": ["codeSigning"]}, tmp_path)

    assert world.rekeyed(active["id"])["serial_number"] != active["serial_number"]
