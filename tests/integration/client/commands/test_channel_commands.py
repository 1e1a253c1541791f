"""`certctl channels`, `routing` and `mutes`: set up a channel, lead alerts to it, and mute them."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from certctl_client.exit_codes import ExitCode
from tests.integration.client.commands.conftest import record_of
from tests.integration.client.conftest import Certctl
from tests.support.channels.receivers import Receiver, answers
from tests.support.client.stack import BridgedStack

_SECRET = "certctl/blue/channels/pager"


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with Receiver(answers(200)).running() as receiver:
        yield receiver


@pytest.fixture
def hook(certctl: Certctl, receiver: Receiver) -> Iterator[str]:
    """Id of a webhook channel that the command created."""
    url = receiver.url("/token")
    made = certctl("channels", "create", "--id", "hook", "--kind", "webhook", "--set", f"url={url}")
    assert made.code == ExitCode.OK, made.err
    yield "hook"
    certctl("routing", "delete", "stack", "--yes")
    assert certctl("channels", "delete", "hook", "--yes").code == ExitCode.OK


def test_a_channel_is_created_changed_and_read(certctl: Certctl, hook: str) -> None:
    edited = certctl("channels", "edit", hook, "--no-enabled", "--team", "t-platform", "-o", "json")

    assert (record_of(edited)["enabled"], record_of(edited)["team_id"]) == (False, "t-platform")
    back = record_of(certctl("channels", "edit", hook, "--enabled", "--team", "", "-o", "json"))
    assert (back["enabled"], back["team_id"], back["version"]) == (True, None, 3)
    read = record_of(certctl("channels", "get", hook, "-o", "json"))
    assert read["settings"] == back["settings"]
    assert "token" not in read["settings"]["url"]


def test_a_channel_goes_through_a_file_and_a_stale_one_is_refused(
    certctl: Certctl, hook: str, tmp_path: Path
) -> None:
    file = tmp_path / "hook.yaml"
    file.write_text(certctl("channels", "get", hook, "-o", "yaml").out)

    first = certctl("channels", "edit", hook, "--from-file", file, "--no-enabled")
    second = certctl("channels", "edit", hook, "--from-file", file)

    assert first.code == ExitCode.OK, first.err
    assert second.code == ExitCode.FAILED
    assert "version 2 now" in second.err


@pytest.mark.parametrize(
    ("settings", "problem"),
    [
        (["--set", "rooting_key=x"], "PagerDuty has no setting 'rooting_key'."),
        (["--set", "routing_key"], "A setting has no value."),
        ([], "PagerDuty needs routing_key."),
        (
            ["--set", "routing_key=0123456789abcdef"],
            "routing_key takes the name of a secret, never its value",
        ),
    ],
)
def test_faulty_settings_are_refused_before_anything_is_sent(
    settings: list[str], problem: str, certctl: Certctl, stack: BridgedStack
) -> None:
    ran = certctl("channels", "create", "--id", "pager", "--kind", "PagerDuty", *settings)

    assert ran.code == ExitCode.USAGE
    assert problem in ran.err
    assert "0123456789abcdef" not in ran.err
    assert [asked.method for asked in stack.asked] == ["GET"]


def test_a_channel_that_no_route_leads_to_is_announced(certctl: Certctl, hook: str) -> None:
    other = certctl(
        *("channels", "create", "--id", "pager", "--kind", "PagerDuty", "--set", f"routing_key={_SECRET}")
    )
    assert "No route leads" not in other.err  # the default does
    assert certctl("routing", "create", "stack", "--route", "Critical=hook", "--route", "hook").code == 0

    listed = {
        channel["id"]: channel["routed_by"]
        for channel in json.loads(certctl("channels", "list", "-o", "json").out)
    }
    tested = certctl("channels", "test", "pager")

    assert listed == {"hook": ["stack"], "pager": []}
    assert "No route leads to pager, so it gets no alerts." in tested.err
    assert "No route leads" not in certctl("channels", "test", hook).err
    assert certctl("channels", "delete", "pager", "--yes").code == ExitCode.OK


def test_a_channel_that_a_rule_names_is_not_deleted(certctl: Certctl, hook: str) -> None:
    certctl("routing", "create", "stack", "--route", hook)

    refused = certctl("channels", "delete", hook, "--yes")

    assert refused.code == ExitCode.FAILED
    assert "Routing rules send to this channel: stack." in refused.err


def test_a_rule_is_created_once_shown_as_typed_edited_and_deleted(certctl: Certctl, hook: str) -> None:
    made = certctl(
        "routing", "create", "stack", "--route", f"critical,RenewalFailure={hook}", "--route", hook
    )
    again = certctl("routing", "create", "stack", "--route", hook)
    heading, row = certctl("routing", "list").out.splitlines()
    edited = certctl("routing", "edit", "stack", "--route", hook, "-o", "json")
    unknown = certctl("routing", "edit", "stack", "--route", "nowhere")

    assert made.code == ExitCode.OK, made.err
    assert (again.code, "Use `certctl routing edit stack`." in again.err) == (ExitCode.FAILED, True)
    assert heading.split() == ["RULE", "ROUTES", "VERSION", "UPDATED"]
    assert f"critical,RenewalFailure={hook}; {hook}" in row
    assert record_of(edited)["routes"] == [{"channels": [hook], "severities": [], "types": []}]
    assert "there is no channel nowhere" in unknown.err
    assert certctl("routing", "delete", "stack", "--yes").code == ExitCode.OK
    assert certctl("routing", "get", "stack").code == ExitCode.NOT_FOUND


def test_a_team_is_muted_for_a_while(certctl: Certctl) -> None:
    made = record_of(
        certctl(
            *("mutes", "create", "--team", "t-platform", "--until", "4h", "--reason", "maintenance"),
            *("--severity", "INFO", "--severity", "warning", "-o", "json"),
        )
    )

    (listed,) = json.loads(certctl("mutes", "list", "-o", "json").out)
    assert made["created_by_name"] in certctl("mutes", "list").out
    assert (listed["id"], listed["severities"]) == (made["id"], ["info", "warning"])
    assert certctl("mutes", "delete", made["id"]).code == ExitCode.OK
    assert json.loads(certctl("mutes", "list", "-o", "json").out) == []


def test_a_mute_of_nothing_is_refused(certctl: Certctl) -> None:
    ran = certctl("mutes", "create", "--until", "4h", "--reason", "maintenance")
    assert (ran.code, "Give --certificate or --team." in ran.err) == (ExitCode.USAGE, True)
