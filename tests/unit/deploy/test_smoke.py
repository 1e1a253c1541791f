"""The smoke test of a stack that is not there: each step says why it failed, and none waits."""

import json
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import boto3
import pytest

from deploy.errors import DeployError
from deploy.smoke.acme import AcmeServer
from deploy.smoke.command import passed
from deploy.smoke.place import DEFAULT_DOMAIN, Place, domain_of
from deploy.smoke.tour import Tour
from deploy.target import Target
from tests.support.channels.receivers import Receiver, answers
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


def test_a_stack_with_an_acme_server_has_a_step_more_which_says_why_it_failed(
    tour: Tour, capsys: pytest.CaptureFixture[str]
) -> None:
    directory = f"https://127.0.0.1:{free_port()}/acme/directory"
    place = replace(tour.place, acme=AcmeServer(directory))
    steps = dict(replace(tour, place=place).steps(rotates=False, mail=None))
    assert not passed("ACME", steps["ACME server: directory and nonce"])
    assert directory in capsys.readouterr().out


def test_the_acme_server_of_another_host_is_found() -> None:
    """Plain http serves here: the step looks at the document."""
    document = {name: f"https://other.example/acme/{name}" for name in ("newNonce", "newAccount")}
    here = Receiver(answers(200, json.dumps(document).encode()))
    with here.running(), pytest.raises(DeployError, match="another server in newNonce"):
        AcmeServer(here.url("/acme/directory")).look()


def test_an_acme_server_without_a_nonce_is_found() -> None:
    with Receiver().running() as receiver:
        url = receiver.url("/acme/directory")
        names = ("newNonce", "newAccount", "newOrder", "revokeCert", "keyChange", "renewalInfo")
        document = {name: url.replace("directory", name) for name in names}
        receiver.behave(answers(200, json.dumps(document).encode()), answers(200))
        with pytest.raises(DeployError, match="without a nonce"):
            AcmeServer(url).look()
