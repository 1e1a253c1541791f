"""Who may do what: the IAM statements of template.yaml against ADR 2."""

from typing import Any

import pytest

from tests.support.aws.transformed import resources, transformed
from tests.support.template import (
    ROOT,
    TEMPLATE,
    actions,
    as_list,
    functions,
    load_template,
    pattern_of,
    references,
    statements,
)

FOLDERS = sorted(functions())
API_FUNCTIONS = [folder for folder in FOLDERS if folder.endswith("_api")]
MAY_READ_SECRETS = {
    "notification_worker",
    "retry_sweep_schedule",
    "notifications_api",
    "external_issuer_worker",
    "identity_api",
}
TAG_CONDITION = "aws:ResourceTag/certctl:issuing-ca"
ROOT_CONDITION = "aws:ResourceTag/certctl:root-ca"
# The last one signs the request to an outside root.
MAY_SIGN_AS_LATER_CA = {"signing_worker", "crl_publisher", "stack_admin"}
MAY_SIGN_AS_LATER_ROOT = {"stack_admin"}
# Whom a function behind the API may call, and wait for.
MAY_CALL = {
    "notifications_api": {"NotificationWorkerFunction"},
    "catalog_api": {"ExternalIssuerWorkerFunction"},
}
READS_AND_WRITES = {
    f"dynamodb:{name}"
    for name in (
        "GetItem",
        "BatchGetItem",
        "Query",
        "PutItem",
        "UpdateItem",
        "DeleteItem",
        "ConditionCheckItem",
        "BatchWriteItem",
    )
}


def _signing(folder: str) -> list[dict[str, Any]]:
    return [s for s in statements(folder) if "kms:Sign" in s["Action"]]


def _keys(statement: dict[str, Any]) -> set[str]:
    """The stack's own keys; those of CAs that came later have no names here."""
    return references(statement["Resource"]) - {"AWS::Partition", "AWS::Region", "AWS::AccountId"}


def _is_of_later_keys(statement: dict[str, Any]) -> bool:
    return not _keys(statement)


@pytest.mark.parametrize("folder", FOLDERS)
def test_no_role_signs_or_decrypts_with_a_key_of_the_template_but_by_the_key_s_policy(folder: str) -> None:
    secret = {"kms:Sign", "kms:Decrypt"}
    named = set().union(*(_keys(s) for s in statements(folder) if secret & set(s["Action"])))
    assert named <= {"SecretsKeyArn"}


@pytest.mark.parametrize("folder", FOLDERS)
def test_keys_that_came_later_are_used_by_tag_and_by_those_who_need_them(folder: str) -> None:
    conditions = [s["Condition"] for s in _signing(folder) if _is_of_later_keys(s)]
    signature = {
        "kms:SigningAlgorithm": ["ECDSA_SHA_256", "ECDSA_SHA_384", "RSASSA_PKCS1_V1_5_SHA_256"],
        "kms:MessageType": "DIGEST",
    }
    as_ca = {
        "StringEquals": signature | {TAG_CONDITION: {"Ref": "AWS::StackName"}},
        "Null": {ROOT_CONDITION: "true"},
    }
    as_root = {"StringEquals": signature | {ROOT_CONDITION: {"Ref": "AWS::StackName"}}}
    wanted = [as_ca] if folder in MAY_SIGN_AS_LATER_CA else []
    assert conditions == wanted + ([as_root] if folder in MAY_SIGN_AS_LATER_ROOT else [])


def test_every_permission_on_keys_without_names_asks_for_the_tag() -> None:
    for folder in FOLDERS:
        for statement in statements(folder):
            if any(action.startswith("kms:") for action in statement["Action"]) and not _keys(statement):
                equal = statement["Condition"]["StringEquals"]
                tags = [value for name, value in equal.items() if name in (TAG_CONDITION, ROOT_CONDITION)]
                assert tags == [{"Ref": "AWS::StackName"}]


_LEAVES = ("EndEntityCertificate", "EndEntityServerAuthCertificate", "EndEntityClientAuthCertificate")


@pytest.mark.parametrize("folder", FOLDERS)
def test_private_cas_are_used_by_external_issuers_alone_and_for_leaves_of_four_templates(folder: str) -> None:
    used = [s for s in statements(folder) if any(action.startswith("acm-pca:") for action in s["Action"])]
    if folder != "external_issuer_worker":
        assert used == []
        return
    ordering, others = used
    templates = [
        {"Fn::Sub": f"arn:${{AWS::Partition}}:acm-pca:*:*:template/{name}/V1"}
        for name in (*_LEAVES, "CodeSigningCertificate")
    ]
    assert ordering["Action"] == ["acm-pca:IssueCertificate"]
    assert ordering["Condition"] == {"ArnLike": {"acm-pca:TemplateArn": templates}}
    assert set(others["Action"]) == {
        "acm-pca:GetCertificate",
        "acm-pca:RevokeCertificate",
        "acm-pca:DescribeCertificateAuthority",
    }
    assert [s["Resource"] for s in used] == [[{"Ref": "CaArns"}]] * 2


def test_an_external_issuer_writes_to_no_bucket_but_those_of_crls_that_are_listed() -> None:
    of_s3 = [s for s in statements("external_issuer_worker") if s["Action"][0].startswith("s3:")]
    assert [(s["Action"], pattern_of(s["Resource"][0])) for s in of_s3] == [
        (["s3:PutObject", "s3:PutObjectAcl"], "CrlBuckets/*"),
        (["s3:GetBucketAcl", "s3:GetBucketLocation"], "CrlBuckets"),
    ]


def test_without_private_cas_no_function_has_a_permission_for_them() -> None:
    template = transformed()
    assert "acm-pca" not in str(resources(template, "AWS::IAM::Role"))
    nested = template["Resources"]["PrivateCa"]
    assert template["Conditions"][nested["Condition"]] == {
        "Fn::Not": [{"Fn::Equals": [{"Fn::Join": ["", {"Ref": "PrivateCaArns"}]}, ""]}]
    }
    buckets = load_template(ROOT / "stacks/private_ca.yaml")["Resources"]["CrlBucketRights"]
    assert buckets["Condition"] == "HasCrlBuckets"


@pytest.mark.parametrize("folder", FOLDERS)
def test_only_the_notifiers_external_issuers_and_sign_in_reach_secrets(folder: str) -> None:
    reaches = {a for a in actions(folder) if a.split(":")[0] in ("secretsmanager", "ssm")}
    assert not reaches or folder in MAY_READ_SECRETS


@pytest.mark.parametrize("folder", FOLDERS)
def test_secrets_of_identity_providers_are_read_by_identity_api_alone(folder: str) -> None:
    secrets = [s for s in statements(folder) if any(map(_is_of_secrets, s["Action"]))]
    texts = [resource["Fn::Sub"] for s in secrets for resource in s["Resource"]]
    of_identity = [text for text in texts if "identity/*" in text]
    assert of_identity == (texts if folder == "identity_api" else [])


@pytest.mark.parametrize("folder", FOLDERS)
def test_secrets_of_issuers_are_the_external_issuers_alone(folder: str) -> None:
    """The external issuers' secrets are no others: neither of channels, nor of another stack."""
    secrets = [s for s in statements(folder) if any(map(_is_of_secrets, s["Action"]))]
    texts = [resource["Fn::Sub"] for s in secrets for resource in s["Resource"]]
    of_issuers = [text for text in texts if "certctl/${AWS::StackName}/issuers/" in text]
    assert of_issuers == (texts if folder == "external_issuer_worker" else [])


def _is_of_secrets(action: str) -> bool:
    return action.split(":")[0] in ("secretsmanager", "ssm")


def test_an_external_issuer_s_worker_makes_the_keys_of_accounts_and_txt_records_of_challenges_only() -> None:
    found = {s["Action"][0]: s for s in statements("external_issuer_worker")}
    (made,) = (resource["Fn::Sub"] for resource in found["secretsmanager:CreateSecret"]["Resource"])
    conditions = found["route53:ChangeResourceRecordSets"]["Condition"]
    assert made.endswith("certctl/${AWS::StackName}/issuers/*/account-key*")
    assert conditions == {
        "ForAllValues:StringEquals": {"route53:ChangeResourceRecordSetsRecordTypes": ["TXT"]},
        "ForAllValues:StringLike": {
            "route53:ChangeResourceRecordSetsNormalizedRecordNames": ["_acme-challenge.*"]
        },
    }


@pytest.mark.parametrize("action", ["sns:Publish", "events:PutEvents", "events:DescribeEventBus"])
def test_only_those_who_deliver_reach_topics_and_buses_and_only_the_account_s_own(action: str) -> None:
    allowed = {folder for folder in FOLDERS if action in actions(folder)}
    assert allowed == {"notification_worker", "retry_sweep_schedule"}
    for folder in allowed:
        (statement,) = (s for s in statements(folder) if action in as_list(s["Action"]))
        assert {"AWS::Partition", "AWS::Region", "AWS::AccountId"} == references(statement["Resource"])


@pytest.mark.parametrize(
    ("action", "parameter"),
    [
        ("sns:Publish", "AllowedTopicArns"),
        ("events:PutEvents", "AllowedBusArns"),
        ("events:DescribeEventBus", "AllowedBusArns"),
        ("ses:SendEmail", "AllowedSesArns"),
        ("ses:SendRawEmail", "AllowedSesArns"),
        ("route53:ListResourceRecordSets", "AllowedHostedZoneArns"),
        ("route53:ChangeResourceRecordSets", "AllowedHostedZoneArns"),
    ],
)
def test_what_an_administrator_of_certctl_may_reach_is_listed_by_who_deploys(
    action: str, parameter: str
) -> None:
    """Receivers and zones are settings of records: without the list they may be any of the account."""
    roles = resources(transformed(), "AWS::IAM::Role").values()
    policies = [policy for role in roles for policy in role["Properties"].get("Policies", [])]
    found = [
        s for p in policies for s in p["PolicyDocument"]["Statement"] if action in as_list(s.get("Action"))
    ]
    assert found
    for statement in found:
        (_, _, listed) = statement["Resource"]["Fn::If"]
        assert listed == {"Ref": parameter}


@pytest.mark.parametrize("folder", FOLDERS)
def test_no_function_scans_or_is_allowed_more_than_named_actions(folder: str) -> None:
    tables = {action for action in actions(folder) if action.startswith("dynamodb:")}
    assert tables <= READS_AND_WRITES
    assert [action for action in actions(folder) if "*" in action] == []


def test_no_scan_is_allowed_anywhere() -> None:
    assert "dynamodb:Scan" not in TEMPLATE.read_text()
    assert "CrudPolicy" not in TEMPLATE.read_text()


@pytest.mark.parametrize("folder", FOLDERS)
def test_each_permission_names_its_resources(folder: str) -> None:
    assert statements(folder)
    for statement in statements(folder):
        if statement["Action"] == ["acm:ListCertificates"]:
            continue  # a list of the account: the action has no resources
        assert "*" not in statement["Resource"]
        assert references(statement["Resource"])


@pytest.mark.parametrize("folder", API_FUNCTIONS)
def test_functions_behind_the_api_neither_sign_nor_publish(folder: str) -> None:
    assert actions(folder) & {"kms:Sign", "s3:PutObject"} == set()


@pytest.mark.parametrize("folder", API_FUNCTIONS)
def test_a_function_behind_the_api_calls_those_functions_only_that_act_for_it(folder: str) -> None:
    called = [s["Resource"] for s in statements(folder) if "lambda:InvokeFunction" in s["Action"]]
    assert references(called) == MAY_CALL.get(folder, set())


@pytest.mark.parametrize("folder", API_FUNCTIONS)
def test_every_api_function_may_write_the_audit_of_its_calls(folder: str) -> None:
    writers = [s for s in statements(folder) if "dynamodb:PutItem" in s["Action"]]
    assert "AuditTable" in set().union(*(references(s["Resource"]) for s in writers))


@pytest.mark.parametrize("folder", FOLDERS)
def test_nobody_changes_or_deletes_audit_rows(folder: str) -> None:
    changing = [
        s for s in statements(folder) if {"dynamodb:UpdateItem", "dynamodb:DeleteItem"} & set(s["Action"])
    ]
    assert "AuditTable" not in set().union(*(references(s["Resource"]) for s in changing))


def test_stack_admin_has_no_http_event() -> None:
    kinds = {event["Type"] for event in functions()["stack_admin"]["Events"].values()}
    assert kinds == {"ScheduleV2"}
