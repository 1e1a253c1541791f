"""The examples name what exists: commands, parameters and outputs; a receiver takes what certctl signs."""

import re
from importlib import import_module
from typing import Any

import pytest
import yaml

from certctl.connectors.notifiers import webhook
from tests.support.docs import shell
from tests.support.docs.command_faults import fault_of
from tests.support.template import ROOT, load_template

EXAMPLES = ROOT / "examples"
_EXPRESSION = re.compile(r"\$\{\{.*?\}\}")


def faults(script: str) -> list[str]:
    found = [fault_of(words) for words in shell.simple_commands(script)]
    return [fault for fault in found if fault]


def steps() -> list[str]:
    workflow: Any = yaml.safe_load((EXAMPLES / "github-actions.yml").read_text("utf-8"))
    return [step["run"] for step in workflow["jobs"]["issue"]["steps"] if "run" in step]


def test_every_command_of_the_workflow_exists() -> None:
    assert len(steps()) > 3
    assert [fault for step in steps() for fault in faults(_EXPRESSION.sub("x", step))] == []


def test_the_workflow_signs_in_by_its_own_token_and_stores_no_key() -> None:
    text = (EXAMPLES / "github-actions.yml").read_text("utf-8")
    assert yaml.safe_load(text)["permissions"]["id-token"] == "write"
    assert "secrets." not in text


@pytest.mark.parametrize(
    ("sent_at", "body", "expected"), [(1000, b"{}", True), (100, b"{}", False), (1000, b"{ }", False)]
)
def test_the_receiver_takes_what_certctl_signs_and_nothing_else(
    sent_at: int, body: bytes, expected: bool
) -> None:
    receiver = import_module("examples.webhook_receiver")
    secret = "whsec_ZXhhbXBsZS1zaWduaW5nLXNlY3JldA=="
    headers = webhook.headers_of("notif-1", sent_at, b"{}", [webhook.decode_secret(secret)])
    assert (
        receiver.verified(secret, {name.lower(): value for name, value in headers.items()}, body, 1010)
        is expected
    )


def test_every_command_of_the_pipeline_exists() -> None:
    assert faults((EXAMPLES / "ci-deploy.sh").read_text("utf-8")) == []


def test_a_seeded_fault_in_a_workflow_is_found() -> None:
    assert faults("certctl certs create --cm x\nmake smoke STAK=a") != []


def test_terraform_names_parameters_and_outputs_of_the_template() -> None:
    text = (EXAMPLES / "terraform" / "main.tf").read_text("utf-8")
    block = re.search(r"parameters = \{(.*?)\}", text, re.DOTALL)
    assert block is not None
    given = set(re.findall(r"^\s+(\w+)\s+=", block[1], re.MULTILINE))
    outputs = set(re.findall(r'outputs\["(\w+)"\]', text))
    assert given
    assert given <= load_template()["Parameters"].keys()
    assert outputs <= load_template()["Outputs"].keys()
    assert text.count("{") == text.count("}")


def test_the_index_of_examples_names_each() -> None:
    index = (EXAMPLES / "README.md").read_text("utf-8")
    entries = {path.name for path in EXAMPLES.iterdir() if not path.name.startswith(("README", "__"))}
    assert {name for name in entries if f"]({name}" not in index} == set()
