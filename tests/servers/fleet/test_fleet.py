"""Three agents with real web servers, on the stack that `make run` starts.

All in one file: a file has one worker (`--dist loadfile`), and a fleet is enough for one machine.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta

import pytest

from tests.servers.fleet.fleets import Fleet, at_work
from tests.servers.fleet.members import PATIENCE, Member, People
from tests.support.agents.process import Step
from tests.support.local.stack import wait_for

# The start of the stack, which the first test waits for, has a limit of its own.
pytestmark = pytest.mark.timeout(600, func_only=True)

_PAST_TWO_THIRDS = timedelta(days=61)
"""More than two thirds of the 90 days of certificates, and of the agents' keys."""
_LONGEST_WAIT = timedelta(minutes=2, seconds=15)
"""The longest wait after a deployment that failed: two minutes, and up to a tenth more."""

_CERTIFICATE: Step = ("os.rename", "'.certificate.pem.certctl-new'")
_KEY: Step = ("os.rename", "'.key.pem.certctl-new'")
_RELOAD: Step = ("subprocess.Popen", "'reload'")
_POINTS: dict[str, tuple[Step, list[str]]] = {
    "the journal is written, no file replaced": (_CERTIFICATE, []),
    "the certificate is replaced, its key not": (_KEY, ["certificate_path"]),
    "both are replaced and tested, NGINX is not reloaded": (_RELOAD, ["certificate_path", "key_path"]),
}
"""The step before which the agent is killed, and the files that are new by then."""
_AFTER_THE_RELOAD: tuple[Step, ...] = (_RELOAD, ("os.rename", "journal.json"))
"""NGINX has shown the new certificate; the agent has not noted it yet."""


def test_each_server_serves_what_its_agent_asked_for(fleet: Fleet) -> None:
    for member in fleet.members.values():
        served = fleet.served(member)
        assert served.serial_number == member.serial_number
        assert served.is_trusted

    fleet.saw("asked for by the API, issued, deployed", *fleet.members.values())


def test_when_the_clock_has_come_to_it_all_are_renewed_and_deployed_without_a_person(fleet: Fleet) -> None:
    members = fleet.members.values()
    former = {each.certificate_id: fleet.served(each) for each in members}
    versions = {each.certificate_id: len(each.deployments) for each in members}

    with at_work(*members):
        fleet.clock.later(_PAST_TWO_THIRDS)
        for member in members:
            member.wait_until_deployed(versions[member.certificate_id] + 1)

    for member in members:
        served = fleet.served(member)
        assert served.serial_number == member.serial_number != former[member.certificate_id].serial_number
        assert served.is_trusted
        assert member.jobs("Renewal")[0]["requested_by"] == "system/renewal_schedule"
        assert "key_rotated" in [event["event"] for event in member.host.events()]
    fleet.saw("the clock is moved; renewed by the schedule, deployed", *members)


@pytest.mark.parametrize("point", _POINTS)
def test_an_agent_killed_before_the_reload_leaves_the_former_certificate_and_completes_after_a_restart(
    fleet: Fleet, point: str
) -> None:
    member = fleet["nginx"]
    step, replaced = _POINTS[point]
    former, files = fleet.served(member), member.files
    with at_work(*fleet.others(member)):
        member.renewed_and_not_yet_deployed()

        member.host.killed_at(step)
        left, in_hand = fleet.served(member), member.host.status()["in_hand"]
        changed = [name for name, content in member.files.items() if content != files[name]]
        fleet.saw(f"killed: {point}", member)
        with at_work(member):
            member.wait_until_deployed(1)

    assert [left.serial_number, left.is_trusted] == [former.serial_number, True]
    assert changed == replaced
    assert in_hand == [f"{member.deployments[0]['job_id']} installing"]
    assert former.serial_number != fleet.served(member).serial_number == member.serial_number
    fleet.saw("started again: the job is Completed", member)


def test_an_agent_killed_after_the_reload_completes_what_is_served_already(fleet: Fleet) -> None:
    member = fleet["nginx"]
    member.renewed_and_not_yet_deployed()

    member.host.killed_at(*_AFTER_THE_RELOAD)
    left, status = fleet.served(member), member.deployments[0]["status"]
    fleet.saw("killed: NGINX is reloaded, the result is not told", member)
    with at_work(member):
        member.wait_until_deployed(1)

    assert status == "Running"
    assert left.serial_number == fleet.served(member).serial_number == member.serial_number
    fleet.saw("started again: the job is Completed", member)


def test_where_the_configuration_test_fails_it_is_rolled_back_and_told_until_somebody_mends_it(
    fleet: Fleet,
) -> None:
    member = fleet["apache2"]
    former, files = fleet.served(member), member.files

    with _broken(member):
        member.renewed_and_not_yet_deployed()
        for _ in range(3):
            member.once()
            fleet.clock.later(_LONGEST_WAIT)
        left, restored, failed = fleet.served(member), member.files, member.deployments[0]
        alert = _told(fleet, member, "could not be deployed")
    fleet.saw("the configuration is broken; three attempts", member, also=f"alerted: {failed['last_error']}")

    assert left == former
    assert restored == files
    assert [failed["status"], failed["attempts"]] == ["Failed", 3]
    assert "NoSuchDirective" in failed["last_error"]
    assert failed["last_error"].endswith("(rolled back)")
    assert [alert["type"], alert["data"]["severity"]] == ["DeploymentFailure", "warning"]
    assert "NoSuchDirective" in alert["data"]["message"]

    member.people.post(f"certificates/{member.certificate_id}/deploy")
    member.once()

    assert member.deployments[0]["status"] == "Completed"
    assert former.serial_number != fleet.served(member).serial_number == member.serial_number
    assert _told(fleet, member, "was deployed")["data"]["action"] == "resolve"
    fleet.saw("mended, `POST /deploy`; the alert is resolved", member)


def test_a_campaign_revokes_what_was_replaced_and_at_its_deadline_what_a_server_that_is_down_still_has(
    fleet: Fleet,
) -> None:
    away = fleet["apache2"]
    present = fleet.others(away)
    former = {each.web.kind: fleet.served(each) for each in fleet.members.values()}
    admin = replace(away.people, key=away.people.stack.outputs["api_key"])
    replaced = {int(each["serial_number"], 16) for each in _versions(admin, away)}
    ids = sorted(each.certificate_id for each in fleet.members.values())
    wanted = {"reason": "keyCompromise", "selection": {"certificate_ids": ids}, "confirm": len(ids)}
    campaign = admin.post("campaigns", wanted | {"on_deadline": "revoke", "deadline_hours": 1})

    with at_work(*present):
        _counted(admin, campaign, {"revoked": 2, "rekeying": 1})
    items = {each["certificate_id"]: each for each in admin.get(f"campaigns/{campaign['id']}/items")["data"]}
    for member in present:
        assert items[member.certificate_id]["verified_by"] == "handshake"
        assert fleet.served(member).serial_number == member.serial_number
        assert member.serial_number != former[member.web.kind].serial_number
    assert _revoked(admin, away) == set()
    fleet.saw("a campaign: rekeyed, deployed, verified by handshakes, old ones revoked", *present)

    fleet.clock.later(timedelta(hours=1, minutes=1))
    _counted(admin, campaign, {"revoked": 3})
    assert fleet.served(away) == former[away.web.kind]
    assert _revoked(admin, away) == replaced
    fleet.saw("its deadline: what the server that is down has is revoked", away)

    before = len(away.deployments)
    with at_work(away):
        away.wait_until_deployed(before + 1)
    assert fleet.served(away).serial_number == away.serial_number
    fleet.saw("the server that was down has its new version", away)


def _counted(admin: People, campaign: dict[str, str], counts: dict[str, int]) -> None:
    def are_reached() -> bool:
        return bool(admin.get(f"campaigns/{campaign['id']}")["counts"] == counts)

    wait_for(are_reached, f"the campaign at {counts}", PATIENCE)


def _revoked(admin: People, member: Member) -> set[int]:
    """Serial numbers of its revoked versions."""
    return {int(each["serial_number"], 16) for each in _versions(admin, member) if each.get("revoked_at")}


def _versions(admin: People, member: Member) -> list[dict[str, str]]:
    found: list[dict[str, str]] = admin.get(f"certificates/{member.certificate_id}/versions")["data"]
    return found


@contextmanager
def _broken(member: Member) -> Iterator[None]:
    """The web server's configuration, by somebody else's mistake."""
    configuration = member.web.configuration
    good = configuration.read_text()
    configuration.write_text(f"{good}NoSuchDirective on\n")
    try:
        yield
    finally:
        configuration.write_text(good)


def _told(fleet: Fleet, member: Member, subject: str) -> dict[str, dict[str, str]]:
    """The one alert."""
    (alert,) = wait_for(lambda: fleet.told(member, subject), f"the alert that it {subject}", PATIENCE)
    return dict(alert)
