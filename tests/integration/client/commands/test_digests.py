"""`certctl digest` against the stack's own functions, and the settings of owners that it shows."""

import json

import pytest

from certctl_client.exit_codes import ExitCode
from tests.integration.client.conftest import Certctl


def test_an_owner_turns_its_digest_off_and_the_preview_says_so(certctl: Certctl) -> None:
    made = certctl("owners", "create", "--name", "Lars", "--time-zone", "Europe/Berlin", "-o", "json")
    assert made.code == ExitCode.OK, made.err
    owner = json.loads(made.out)
    assert (owner["digest"], owner["time_zone"]) == ("weekly", "Europe/Berlin")

    assert certctl("owners", "edit", owner["id"], "--digest", "off").code == ExitCode.OK

    preview = certctl("digest", "preview", "--owner", owner["id"], "-o", "json")
    assert preview.code == ExitCode.OK, preview.err
    assert json.loads(preview.out)["digest"] == "off"


def test_a_time_zone_that_there_is_not_is_refused(certctl: Certctl) -> None:
    refused = certctl("owners", "create", "--name", "Ada", "--time-zone", "Mars/Olympus")
    assert refused.code != ExitCode.OK
    assert "IANA" in refused.err


def test_without_options_the_preview_is_of_the_default_owner(
    certctl: Certctl,
) -> None:
    shown = certctl("digest", "preview")
    assert shown.code == ExitCode.OK, shown.err
    assert "Weekly digest of Default owner" in shown.out


@pytest.mark.parametrize("options", [("--owner", "o-1", "--team", "t-1")])
def test_a_digest_is_of_an_owner_or_a_team(certctl: Certctl, options: tuple[str, ...]) -> None:
    assert certctl("digest", "preview", *options).code == ExitCode.USAGE
