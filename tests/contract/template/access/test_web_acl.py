"""The web ACL of `make web-acl`, which CloudFormation gets as it is: without the SAM transform."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.support.template import ROOT, load_template

BESIDE = [ROOT / "stacks" / name for name in ("web_acl.yaml", "ca_key.yaml")]
RULES = load_template(BESIDE[0])["Resources"]["WebAcl"]["Properties"]["Rules"]
# What takes no API key has throttles of its own, which all callers share.
SHARED = load_template()["Resources"]["HttpApi"]["Properties"]["RouteSettings"]


def _is_counted(path: str) -> bool:
    """Whether the first rule counts the path; it is stricter than the one for the whole site."""
    scope = RULES[0]["Statement"]["RateBasedStatement"]["ScopeDownStatement"]
    return any(_fits(each["ByteMatchStatement"], path) for each in scope["OrStatement"]["Statements"])


def _fits(match: dict[str, Any], path: str) -> bool:
    wanted = match["SearchString"]
    return path == wanted if match["PositionalConstraint"] == "EXACTLY" else path.startswith(wanted)


@pytest.mark.parametrize("route", SHARED)
def test_a_route_whose_throttle_all_callers_share_is_counted_by_address(route: str) -> None:
    assert _is_counted(route.split()[1].replace("{proxy+}", "okta"))


@pytest.mark.parametrize(
    "path", ["/", "/health", "/api/v1/certificates", "/api/v1/agent/work", "/api/v1/authorities"]
)
def test_other_paths_have_the_limit_of_the_whole_site_alone(path: str) -> None:
    assert not _is_counted(path)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule["Name"])
def test_who_sends_too_much_gets_a_429_and_nobody_else(rule: dict[str, Any]) -> None:
    assert rule["Statement"]["RateBasedStatement"]["AggregateKeyType"] == "IP"
    assert rule["Action"]["Block"]["CustomResponse"]["ResponseCode"] == 429


@pytest.mark.parametrize("path", BESIDE, ids=lambda path: path.stem)
def test_a_stack_beside_has_no_aliases_of_yaml(path: Path) -> None:
    """CloudFormation refuses them; `sam package` would have resolved them."""
    events = yaml.parse(path.read_text(), Loader=yaml.SafeLoader)
    assert not any(isinstance(event, yaml.AliasEvent) for event in events)
