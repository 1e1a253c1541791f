"""The workflow that a tag starts: what each job may do, and that no job which can write runs our code."""

from typing import Any

import pytest
import yaml

from tests.support.template import ROOT

WORKFLOW: dict[Any, Any] = yaml.safe_load((ROOT / ".github/workflows/release.yml").read_text("utf-8"))
JOBS: dict[str, Any] = WORKFLOW["jobs"]
READS: dict[str, str] = {"contents": "read"}
MAY = {
    "check": READS,
    "build": READS,
    "try": {},
    "publish": {"contents": "write", "id-token": "write", "attestations": "write"},
    "pypi": {"id-token": "write"},
}
each_job = pytest.mark.parametrize("name", MAY)


def steps(name: str) -> list[Any]:
    return list(JOBS[name]["steps"])


def scripts(name: str) -> str:
    return "\n".join(step.get("run", "") for step in steps(name))


def test_nothing_but_a_tag_of_a_version_starts_it() -> None:
    assert WORKFLOW[True] == {"push": {"tags": ["v*"]}}  # `on` is a boolean of YAML 1.1
    assert '"__version__ = \\"${GITHUB_REF_NAME#v}\\""' in scripts("check")


def test_each_job_is_known_and_may_do_no_more_than_it_must() -> None:
    assert WORKFLOW["permissions"] == {}
    assert {name: job["permissions"] for name, job in JOBS.items()} == MAY


def test_jobs_follow_one_another_from_the_check_to_the_uploads() -> None:
    assert {name: job.get("needs") for name, job in JOBS.items()} == {
        **{"check": None, "build": "check", "try": "build", "publish": "try", "pypi": "publish"},
    }
    assert steps("check")[-1]["run"] == ".ci/run"


@each_job
def test_a_job_that_can_write_has_a_reviewed_environment_and_no_code_of_ours(name: str) -> None:
    if "write" not in MAY[name].values():
        return
    used = [step.get("uses", "").partition("@")[0] for step in steps(name)]

    assert JOBS[name]["environment"] in ("release", "pypi")
    assert "actions/checkout" not in used
    assert "make" not in scripts(name).split()


@each_job
def test_no_text_of_the_caller_is_pasted_into_a_script_and_no_credentials_stay(name: str) -> None:
    assert "${{" not in scripts(name)
    checkouts = [step for step in steps(name) if step.get("uses", "").startswith("actions/checkout")]
    assert all(step["with"] == {"persist-credentials": False} for step in checkouts)
    assert JOBS[name]["timeout-minutes"] <= 120


def test_the_program_is_built_on_the_oldest_system_and_tried_on_all() -> None:
    (build,) = (step for step in steps("build") if step.get("run") == "make packages")

    assert build["env"]["FLOOR"] == "2.35"
    assert {runner[:12] for runner in JOBS["build"]["strategy"]["matrix"]["runner"]} == {"ubuntu-22.04"}
    tried = set(JOBS["try"]["strategy"]["matrix"]["system"])
    assert tried == {"debian:bookworm", "debian:trixie", "ubuntu:22.04", "ubuntu:24.04"}


def test_what_is_published_is_attested_and_summed_and_pypi_gets_no_stored_token() -> None:
    used = [step.get("uses", "").partition("@")[0] for step in steps("publish")]

    assert used.count("actions/attest-sbom") == 2
    assert "actions/attest-build-provenance" in used
    assert "sha256sum -- * >" in scripts("publish")
    (upload,) = (step for step in steps("pypi") if step.get("uses", "").startswith("pypa/"))
    assert "with" not in upload
    assert JOBS["pypi"]["if"] == "vars.PUBLISH_TO_PYPI == 'true'"
