"""The ACME server in template.yaml after the SAM transform: all of it exists with AcmeServer=true alone,
strangers use up nothing of others, and neither function may do more than ADR 73 and ADR 74 say."""

from collections.abc import Iterator
from typing import Any

import pytest

from certctl.store.acme import keys
from functions.acme_validator import app
from tests.support.aws.iam import Access, is_allowed
from tests.support.aws.transformed import dependencies, resources, transformed
from tests.support.template import (
    actions,
    functions,
    load_template,
    references,
    resources_of_type,
    statements,
    variables,
)

TEMPLATE = transformed()
CONDITIONS = {"HasAcmeServer", "HasAcmeDomain"}
OF_ACME = {name for name, r in TEMPLATE["Resources"].items() if r.get("Condition") in CONDITIONS}
STATE = "StateTable"


def _stage() -> dict[str, Any]:
    stage = resources(TEMPLATE, "AWS::ApiGatewayV2::Stage")["AcmeApiApiGatewayDefaultStage"]
    properties: dict[str, Any] = stage["Properties"]
    return properties


def _unconditional(value: Any) -> Iterator[str]:
    """What a piece refers to also where there is no ACME server."""
    if isinstance(value, list):
        for each in value:
            yield from _unconditional(each)
    elif isinstance(value, dict) and value.get("Fn::If", [""])[0] in CONDITIONS:
        yield from _unconditional(value["Fn::If"][2])
    elif isinstance(value, dict):
        own = {name: each for name, each in value.items() if not isinstance(each, dict | list)}
        yield from references(own)
        yield from references(value) if "Fn::GetAtt" in value or "Fn::Sub" in value else ()
        for each in value.values():
            yield from _unconditional(each)


def _writes(folder: str, kind: str, action: str = "PutItem") -> bool:
    access = Access(f"dynamodb:{action}", (STATE,), {"dynamodb:LeadingKeys": (kind,)})
    return is_allowed(folder, access)


def test_it_is_off_by_default() -> None:
    assert TEMPLATE["Parameters"]["AcmeServer"]["Default"] == "false"
    assert TEMPLATE["Conditions"]["HasAcmeServer"] == {"Fn::Equals": [{"Ref": "AcmeServer"}, "true"]}
    assert {"Condition": "HasAcmeServer"} in TEMPLATE["Conditions"]["HasAcmeDomain"]["Fn::And"]


def test_nothing_of_it_exists_without_the_parameter() -> None:
    assert {name for name in TEMPLATE["Resources"] if name.startswith("Acme")} == OF_ACME
    assert {TEMPLATE["Resources"][name]["Type"] for name in OF_ACME} >= {
        "AWS::ApiGatewayV2::Api",
        "AWS::KMS::Key",
        "AWS::Lambda::Function",
        "AWS::Lambda::EventSourceMapping",
        "AWS::Logs::LogGroup",
        "AWS::SQS::Queue",
    }


def test_what_exists_without_it_refers_to_nothing_of_it() -> None:
    """CloudFormation refuses a reference to a resource whose condition is false."""
    for name, resource in TEMPLATE["Resources"].items():
        if name not in OF_ACME:
            assert set(_unconditional(resource)) & OF_ACME == set(), name
    for name, output in TEMPLATE["Outputs"].items():
        if output.get("Condition") not in CONDITIONS:
            assert references(output["Value"]) & OF_ACME == set(), name


def test_its_functions_are_reached_by_its_own_api_alone() -> None:
    paths = TEMPLATE["Resources"]["AcmeApi"]["Properties"]["Body"]["paths"]
    assert set(paths) == {
        "/acme/directory",
        "/acme/new-nonce",
        "/acme/renewal-info/{proxy+}",
        "/acme/{proxy+}",
        "$default",
    }
    for operations in paths.values():  # HEAD, too
        chosen = operations.get("Fn::If", ["", operations])[1]
        assert list(chosen) == ["x-amazon-apigateway-any-method"]
    assert {e["Properties"]["ApiId"]["Ref"] for e in functions()["acme_api"]["Events"].values()} == {
        "AcmeApi"
    }


def test_what_needs_no_signature_has_a_quarter_of_the_rate_and_uses_up_its_own_alone() -> None:
    quarter = {"Fn::FindInMap": ["AcmeRates", {"Ref": "AcmeThrottleRate"}, "Part"]}
    assert _stage()["DefaultRouteSettings"]["ThrottlingRateLimit"] == {"Ref": "AcmeThrottleRate"}
    settings = _stage()["RouteSettings"]
    assert set(settings) == {
        "ANY /acme/directory",
        "ANY /acme/new-nonce",
        "ANY /acme/renewal-info/{proxy+}",
    }
    assert all(each["ThrottlingRateLimit"] == quarter for each in settings.values())
    assert {each["ThrottlingBurstLimit"] for each in settings.values()} == {
        _stage()["DefaultRouteSettings"]["ThrottlingBurstLimit"] / 4
    }


def test_each_rate_has_its_quarter() -> None:
    parameter = TEMPLATE["Parameters"]["AcmeThrottleRate"]
    assert parameter["Default"] in parameter["AllowedValues"]
    quarters = {int(rate): found["Part"] for rate, found in load_template()["Mappings"]["AcmeRates"].items()}
    assert quarters == {rate: rate / 4 for rate in parameter["AllowedValues"]}


def test_no_access_log_is_filled_by_strangers() -> None:
    assert "AccessLogSettings" not in _stage()


def test_its_own_domain_is_made_with_a_certificate_and_leads_to_its_stage() -> None:
    domain = TEMPLATE["Resources"]["AcmeDomain"]["Properties"]
    (configuration,) = domain["DomainNameConfigurations"]
    assert domain["DomainName"] == {"Ref": "AcmeHostName"}
    assert configuration["SecurityPolicy"] == "TLS_1_2"
    mapping = TEMPLATE["Resources"]["AcmeDomainMapping"]["Properties"]
    assert references(mapping) == {"AcmeApi", "AcmeDomain", "AcmeApiApiGatewayDefaultStage"}
    assert dependencies(TEMPLATE)["AcmeDomainMapping"] >= {"AcmeDomain", "AcmeApiApiGatewayDefaultStage"}


def test_the_function_of_strangers_has_no_network_no_secret_and_signs_nothing() -> None:
    """The policy of acme_api names no key: that of AcmeBindingKey lets it make MACs."""
    assert "VpcConfig" not in functions()["acme_api"]
    assert {action.partition(":")[0] for action in actions("acme_api")} == {"dynamodb", "sqs"}
    named = set().union(*(references(s["Resource"]) for s in statements("acme_api")))
    assert "JobsQueue" in named
    assert "ExternalJobsQueue" not in named


def test_the_validator_changes_authorizations_and_nothing_else() -> None:
    assert {action for action in actions("acme_validator") if action.startswith("dynamodb:")} == {
        "dynamodb:GetItem",
        "dynamodb:UpdateItem",
    }
    rows, consumed = statements("acme_validator")
    assert rows["Condition"] == {"ForAllValues:StringLike": {"dynamodb:LeadingKeys": ["acme_authz*"]}}
    assert references(rows["Resource"]) == {STATE}
    assert references(consumed["Resource"]) == {"AcmeValidationsQueue"}
    assert "sqs:SendMessage" not in consumed["Action"]
    assert "VpcConfig" in functions()["acme_validator"]


@pytest.mark.parametrize(
    ("kind", "writers"),
    [
        (keys.authorizations_of("o-1"), {"acme_api", "stack_admin"}),
        (keys.orders_of("a-1"), {"acme_api", "stack_admin"}),
        (keys.used_nonce("x"), {"acme_api", "stack_admin"}),
        (keys.NONCE_KEY, {"acme_api", "stack_admin"}),
        (keys.names_key("x"), {"acme_api", "stack_admin"}),
        (keys.rate_of("a-1"), {"acme_api", "stack_admin"}),
        (keys.PLACES, {"acme_api", "catalog_api", "maintenance_schedule", "stack_admin"}),
    ],
)
def test_only_the_server_writes_its_rows_of_state(kind: str, writers: set[str]) -> None:
    assert {folder for folder in functions() if _writes(folder, kind)} == writers


def test_the_client_s_rows_are_not_the_server_s() -> None:
    """An account at an external CA, and its challenge responses."""
    assert not any(_writes("acme_api", kind) for kind in ("acme_account", "acme_answer", "issuer_contact"))
    assert not any(
        _writes("external_issuer_worker", kind) for kind in (keys.NONCE_KEY, keys.orders_of("a-1"))
    )


@pytest.mark.parametrize("action", ["PutItem", "UpdateItem", "DeleteItem"])
@pytest.mark.parametrize("row", ["0f" * 32, "subject#01K", "sessions#01K"])
def test_the_server_gives_and_takes_no_key_subject_or_session(action: str, row: str) -> None:
    keys_of = {"dynamodb:LeadingKeys": (row,)}
    assert not is_allowed("acme_api", Access(f"dynamodb:{action}", ("CredentialsTable",), keys_of))


@pytest.mark.parametrize("action", ["PutItem", "DeleteItem"])
def test_the_function_of_the_agents_gives_and_takes_no_acme_account(action: str) -> None:
    keys_of = {"dynamodb:LeadingKeys": (keys.credential_key("x"),)}
    assert is_allowed("acme_api", Access(f"dynamodb:{action}", ("CredentialsTable",), keys_of))
    assert not is_allowed("agents_api", Access(f"dynamodb:{action}", ("CredentialsTable",), keys_of))


def test_a_run_attempts_all_its_messages_at_once_and_ends_well_before_they_return() -> None:
    mapping = resources(TEMPLATE, "AWS::Lambda::EventSourceMapping")["AcmeValidatorNudges"]["Properties"]
    queue = resources_of_type("AWS::SQS::Queue")["AcmeValidationsQueue"]["Properties"]
    assert mapping["BatchSize"] == app._AT_ONCE
    assert queue["VisibilityTimeout"] >= 6 * functions()["acme_validator"]["Timeout"]


def test_no_function_but_its_own_knows_what_a_validation_may_reach() -> None:
    """But for the deploy, which checks it."""
    knows = {folder for folder in functions() if "CERTCTL_ACME_VALIDATION_CIDRS" in variables(folder)}
    assert knows == {"acme_validator", "stack_admin"}
