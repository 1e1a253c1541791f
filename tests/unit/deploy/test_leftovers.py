"""What is said of the resources that outlive their stack."""

import shlex

import pytest

from deploy.leftovers import removing, why
from deploy.stack import Resource
from tests.support.template import ROOT, load_template

TEMPLATES = [ROOT / "template.yaml", *sorted((ROOT / "stacks").glob("*.yaml"))]
KEPT = {
    name: each["Type"]
    for path in TEMPLATES
    for name, each in load_template(path)["Resources"].items()
    if each.get("DeletionPolicy", "Delete") != "Delete"
}


def resource(name: str) -> Resource:
    return Resource(name, KEPT[name], f"physical-{name}", "CREATE_COMPLETE", "")


@pytest.mark.parametrize("name", sorted(KEPT))
def test_each_kept_resource_of_the_template_has_a_reason_and_commands_that_a_shell_reads(name: str) -> None:
    lines = list(removing([resource(name)], "eu-central-1"))
    commands = [line for line in lines if line.startswith("aws ")]
    assert why(resource(name)) != "its deletion policy keeps it"
    if KEPT[name] == "AWS::S3::BucketPolicy":  # goes with its bucket
        return
    assert commands
    assert all(f"physical-{name}" in shlex.split(command, comments=True) for command in commands)
