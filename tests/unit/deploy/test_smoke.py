"""The smoke test of a stack that is not there: each step says why it failed, and none waits."""

from contextlib import ExitStack
from pathlib import Path

import boto3
import pytest

from deploy.smoke.command import passed
from deploy.smoke.place import DEFAULT_DOMAIN, Place, domain_of
from deploy.smoke.tour import Tour
from deploy.target import Target
from tests.support.local.stack import free_port


@pytest.fixture
def tour(tmp_path: Path) -> Tour:
    nowhere = f"http://127.0.0.1:{free_port()}"
    target = Target("certctl", "us-east-1", nowhere, boto3.Session(region_name="us-east-1"))
    with ExitStack() as undo:
        return Tour(Place(target, nowhere, "certctl_x", {}, DEFAULT_DOMAIN), tmp_path, undo)


def test_every_step_fails_with_its_reason_and_the_others_go_on(
    tour: Tour, capsys: pytest.CaptureFixture[str]
) -> None:
    steps = list(tour.steps(rotates=True, mail=None))
    assert [passed(name, step) for name, step in steps] == [False] * 11
    lines = capsys.readouterr().out.splitlines()
    assert all(line.startswith("FAILED ") for line in lines)
    assert "refused" in lines[0]
    assert "not tried: no certificate was issued" in lines[4]


@pytest.mark.parametrize(
    ("permitted", "chosen"),
    [
        ("", DEFAULT_DOMAIN),
        ("example.org,example.net", "smoke.example.org"),
        (".a.example", "smoke.a.example"),
        ("10.0.0.0/8, example.org", "smoke.example.org"),
    ],
)
def test_the_certificates_name_is_one_that_the_ca_may_sign(permitted: str, chosen: str) -> None:
    assert domain_of(permitted) == chosen
