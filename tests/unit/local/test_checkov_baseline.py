"""What checkov finds is mended or accepted with a reason; the baseline cannot grow stale."""

import pytest

from local.checks.checkov import BASELINE, Accepted, Finding, baseline, problems

QUEUE = Finding("CKV_AWS_27", "template.yaml:JobsQueue", "encrypted")
ACCEPTED = {"CKV_AWS_27": Accepted(("template.yaml:*Queue",), "encrypted otherwise")}


def test_what_the_baseline_accepts_is_no_problem() -> None:
    assert list(problems([QUEUE], ACCEPTED)) == []


@pytest.mark.parametrize(
    "new",
    [
        Finding("CKV_AWS_999", "template.yaml:JobsQueue", "a new check"),
        Finding("CKV_AWS_27", "stacks/backup.yaml:JobsQueue", "another template"),
        Finding("CKV_AWS_27", "template.yaml:Topic", "another resource"),
    ],
)
def test_anything_new_is_a_problem(new: Finding) -> None:
    assert list(problems([QUEUE, new], ACCEPTED)) == [str(new)]


def test_an_entry_that_accepts_nothing_is_a_problem() -> None:
    assert list(problems([], ACCEPTED)) == [
        "checkov_baseline.toml: CKV_AWS_27 is not found for template.yaml:*Queue: remove the entry"
    ]


@pytest.mark.parametrize("entry", ['resources = []\nreason = "why"', 'resources = ["a"]\nreason = " "'])
def test_an_entry_without_a_reason_or_resources_is_refused(entry: str) -> None:
    with pytest.raises(ValueError, match="resources and a reason"):
        baseline(f"[CKV_AWS_1]\n{entry}\n")


def test_each_entry_of_the_baseline_has_its_reason() -> None:
    assert len(baseline(BASELINE.read_text("utf-8"))) > 10
