"""Rules of EventBridge: each target has a policy that lets it deliver, and every key is watched."""

from typing import Any

import pytest

from deploy.alarm_topic import admits_rules
from tests.support.aws.transformed import resources, transformed
from tests.support.docs.alarm_topic import documented_statement
from tests.support.template import ROOT, load_template

_RULE, _KEY = "AWS::Events::Rule", "AWS::KMS::Key"
_TAKES_AWAY = {
    "ScheduleKeyDeletion",
    "DisableKey",
    "PutKeyPolicy",
    "CreateGrant",
    "TagResource",
    "UntagResource",
}


def _templates() -> dict[str, dict[str, Any]]:
    nested = {path.name: load_template(path) for path in sorted((ROOT / "stacks").glob("*.yaml"))}
    return {"template.yaml": transformed(), **nested}


def _rules() -> list[tuple[str, str, dict[str, Any]]]:
    return [
        (file, name, rule["Properties"])
        for file, template in _templates().items()
        for name, rule in resources(template, _RULE).items()
    ]


def test_the_rules_are_those_of_keys_and_backups() -> None:
    assert sorted((file, name) for file, name, _ in _rules()) == [
        ("backup.yaml", "FailedJobs"),
        ("ca_key.yaml", "KeyChanges"),
        ("monitoring.yaml", "KeyChanges"),
    ]


@pytest.mark.parametrize(("file", "name", "rule"), _rules(), ids=lambda each: str(each)[:20])
def test_each_target_of_a_rule_has_a_policy_that_lets_it_deliver(
    file: str, name: str, rule: dict[str, Any]
) -> None:
    """The topic is the operator's: the runbook has its statement, which `make deploy` looks for."""
    assert [target["Arn"] for target in rule["Targets"]] == [{"Ref": "AlarmTopicArn"}]
    assert admits_rules({"Statement": [documented_statement()]})
    source = (ROOT / "deploy/deploying.py").read_text(encoding="utf-8")
    assert 'topic_warning(target, plan.values["AlarmTopicArn"])' in source


@pytest.mark.parametrize(
    ("file", "keys_in"), [("monitoring.yaml", "template.yaml"), ("ca_key.yaml", "ca_key.yaml")]
)
def test_every_key_is_watched_for_whatever_takes_it_away_or_gives_it_to_others(
    file: str, keys_in: str
) -> None:
    (rule,) = (properties for where, name, properties in _rules() if (where, name) == (file, "KeyChanges"))
    pattern = rule["EventPattern"]["detail"]
    assert set(pattern["eventName"]) == _TAKES_AWAY
    template = _templates()[keys_in]
    watched = _passed_to_monitoring(template) if file == "monitoring.yaml" else pattern["resources"]["ARN"]
    assert {_unconditional(arn)["Fn::GetAtt"][0] for arn in watched} == set(resources(template, _KEY))


def _unconditional(arn: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = arn["Fn::If"][1] if "Fn::If" in arn else arn
    return found


def _passed_to_monitoring(template: dict[str, Any]) -> list[Any]:
    arns: list[Any] = template["Resources"]["Monitoring"]["Properties"]["Parameters"]["KeyArns"]["Fn::Join"][
        1
    ]
    return arns


def test_the_rule_of_monitoring_watches_the_keys_that_it_is_given() -> None:
    rule = _templates()["monitoring.yaml"]["Resources"]["KeyChanges"]["Properties"]
    assert rule["EventPattern"]["detail"]["resources"] == {"ARN": {"Ref": "KeyArns"}}
