"""Files for GitHub, editors and pre-commit name programs and folders of the repository that exist."""

import os
import re
from typing import Any

import pytest
import yaml

from tests.support.template import ROOT


def parsed(path: str) -> Any:
    return yaml.safe_load((ROOT / path).read_text("utf-8"))


def test_the_workflow_runs_what_a_change_must_pass() -> None:
    steps = parsed(".github/workflows/ci.yml")["jobs"]["run"]["steps"]
    assert [step["run"] for step in steps if "run" in step][-1] == ".ci/run"
    assert os.access(ROOT / ".ci" / "run", os.X_OK)


def test_each_action_of_a_workflow_is_pinned_by_its_commit() -> None:
    """A tag can be moved to other code, which then has the workflow's token."""
    paths = [*(ROOT / ".github/workflows").glob("*.yml"), *(ROOT / "examples").glob("*.yml")]
    texts = [path.read_text("utf-8") for path in paths]
    used = [found for text in texts for found in re.findall(r"uses: (\S+.*)", text)]

    assert used
    assert [line for line in used if not re.fullmatch(r"[\w./-]+@[0-9a-f]{40} # v[0-9.]+", line)] == []


def test_the_agents_image_is_built_from_an_image_by_its_digest() -> None:
    text = (ROOT / "distribution/agent/Dockerfile").read_text("utf-8")

    assert re.search(r"^ARG BASE=\S+@sha256:[0-9a-f]{64}$", text, re.MULTILINE)
    assert set(re.findall(r"^FROM (\S+)", text, re.MULTILINE)) == {"${BASE}"}


def test_the_nightly_workflow_runs_what_a_change_need_not_wait_for() -> None:
    workflow = parsed(".github/workflows/nightly.yml")
    steps = workflow["jobs"]["run"]["steps"]
    assert [step["run"] for step in steps if "run" in step][-1] == "make nightly"


@pytest.mark.parametrize(
    "target", ["check", "unit", "integration", "contract", "e2e", "test-browser", "test-servers"]
)
def test_one_lane_has_each_target_of_what_a_change_must_pass(target: str) -> None:
    lanes = re.findall(r'^  "(.+?)"', (ROOT / ".ci/run").read_text("utf-8"), re.MULTILINE)
    assert [lane.split().count(target) for lane in lanes if target in lane.split()] == [1]


def test_the_rehearsal_runs_in_a_fork_that_wants_it_with_the_credentials_of_its_own_role() -> None:
    workflow = parsed(".github/workflows/rehearse.yml")
    job = workflow["jobs"]["run"]
    assert workflow["permissions"] == {"contents": "read", "id-token": "write"}
    assert (job["if"], job["environment"]) == ("vars.REHEARSAL_ENABLED == 'true'", "rehearsal")
    assert job["steps"][-1]["run"].splitlines()[-1] == "exec make rehearse"
    assert {"ACCOUNT", "REGION", "STACK", "CONFIRM"} <= job["steps"][-1]["env"].keys()


@pytest.mark.parametrize("name", ["bug.yml", "idea.yml"])
def test_a_form_for_issues_has_what_github_requires(name: str) -> None:
    form = parsed(f".github/ISSUE_TEMPLATE/{name}")
    assert {"name", "description", "body"} <= form.keys()
    assert all({"type", "id", "attributes"} <= field.keys() for field in form["body"])


def test_each_hook_before_a_commit_runs_a_tool_of_make_environments() -> None:
    (repository,) = parsed(".pre-commit-config.yaml")["repos"]
    programs = {hook["entry"].split()[0] for hook in repository["hooks"]}
    assert {program for program in programs if not (ROOT / program).exists()} == set()
