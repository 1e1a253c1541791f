"""The demo's data holds together: a slip would be seen at the end of somebody's first `make run` only."""

from datetime import UTC, datetime, timedelta

from certctl.domain.certificates.statuses import Status
from certctl.store.paging import FIRST_MONTH
from local.demo import fleet
from local.demo.history import History
from tests.support.agents.fleet import live

_ABOUT_ONE = {
    "renew_and_deploy",
    "renew_in_vain",
    "revoke",
    "ask_for_renewal",
    "ask_to_deploy",
    "archive",
    "mute",
}


def test_everything_that_happens_happens_to_a_certificate_that_was_issued_before() -> None:
    ages = {arguments[0]["id"]: age for age, _, arguments in fleet.issued() if age is not None}

    for age, method, arguments in [*fleet.happened_since(), *fleet.happens_today()]:
        if method in _ABOUT_ONE:
            assert age is not None
            assert age < ages[arguments[0]]


def test_every_step_is_one_that_history_can_take() -> None:
    steps = fleet.happened()

    assert [method for _, method, _ in steps if not callable(getattr(History, method, None))] == []


def test_certificates_have_profiles_that_exist_and_names_of_their_own() -> None:
    bodies = [arguments[0] for _, _, arguments in fleet.issued()]
    known = {"server", *(profile["id"] for profile in fleet.PROFILES)}

    assert {body["profile_id"] for body in bodies} <= known
    assert len({body["id"] for body in bodies}) == len(bodies)


def test_rules_send_to_channels_of_the_demo() -> None:
    named = {c for routes in fleet.ROUTING.values() for route in routes for c in route["channels"]}

    assert named <= fleet.CHANNELS.keys()


def test_nothing_is_older_than_what_lists_look_for() -> None:
    """On the day of the first release, too."""
    oldest = max(age for age, _, _ in fleet.issued() if age is not None)
    released = datetime(2026, 11, 24, tzinfo=UTC)

    assert f"{released - timedelta(days=oldest):%Y-%m}" >= FIRST_MONTH


def _status_at(age: float, lifetime: timedelta, now: datetime) -> Status:
    issued = now - timedelta(days=age)
    return live("mc-1", issued, issued + lifetime, not_before=issued).status(now)


def test_statuses_do_not_depend_on_the_hour_at_which_the_demo_is_made() -> None:
    lifetimes = {each["id"]: timedelta(seconds=each["max_ttl_seconds"]) for each in fleet.PROFILES}
    lifetimes["server"] = timedelta(days=200)
    hours = [datetime(2026, 11, 24, hour, 30, tzinfo=UTC) for hour in range(24)]

    renewed = {arguments[0] for _, method, arguments in fleet.happened() if method == "renew_and_deploy"}

    for age, _, arguments in fleet.issued():
        assert age is not None
        if arguments[0]["id"] in renewed:
            continue
        lifetime = lifetimes[arguments[0]["profile_id"]]
        found = {_status_at(age, lifetime, now) for now in hours}
        assert len(found) == 1, (arguments[0]["id"], found)


def test_a_certificate_is_served_by_one_agent_that_has_been_enrolled_before() -> None:
    hosts = {target_id: host for target_id, host, *_ in fleet.TARGETS}
    served = {
        arguments[0]["id"]: {hosts[target_id] for target_id in arguments[0]["target_ids"]}
        for _, _, arguments in fleet.issued()
        if arguments[0]["target_ids"]
    }

    assert served
    assert all(len(of_one) == 1 for of_one in served.values())
    assert set(hosts.values()) == fleet.AGENTS.keys()
    assert [m for _, m, _ in fleet.happened()][: len(fleet.AGENTS)] == ["enroll"] * len(fleet.AGENTS)
