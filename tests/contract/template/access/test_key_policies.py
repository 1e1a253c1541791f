"""Who may sign or decrypt with the keys, played against the transformed template and stacks/ca_key.yaml."""

import json
from collections.abc import Iterable
from typing import Any

import pytest

from tests.support.aws.key_policies import Caller, Policy, caller_of, is_permitted, policy_in, policy_of
from tests.support.aws.transformed import resources, transformed
from tests.support.template import ROOT, functions, load_template, pattern_of

SIGNERS = {
    "RootKey": {"stack_admin"},
    "IssuingKey": {"signing_worker", "crl_publisher"},
    "AuditSealKey": {"maintenance_schedule"},
    "later CA's key": {"signing_worker", "crl_publisher", "stack_admin"},
}
SPECS = {"RootKey": "ECC_NIST_P384", "IssuingKey": "ECC_NIST_P256", "AuditSealKey": "ECC_NIST_P256"}
DIGEST = {"kms:MessageType": ["DIGEST"]}
STACK = {"kms:EncryptionContext:stack": ["AWS::StackName"]}
# All that names itself to be a function, or may do everything in the account.
STRANGERS = {
    "an administrator": Caller("an administrator", iam=True),
    "the account's root user": Caller("*:root", iam=True),
    "whom somebody made a grant": Caller("another account's role", has_grant=True),
    "whose session has the tag of a signer": Caller(
        "a role with kms:Sign",
        iam=True,
        tags={
            "certctl:signer": "AWS::StackName/signing_worker",
            "certctl:responder": "AWS::StackName/ocsp_responder",
        },
    ),
    "the administrator of the keys": Caller("KeyAdministratorArn", iam=True),
}


def policy(key: str) -> Policy:
    """What CloudFormation sets."""
    deployed = resources(transformed(KeyAdministratorArn="x"), "AWS::KMS::Key")
    return policy_in(deployed[key]) if key in deployed else policy_of(key)


def callers() -> Iterable[tuple[str, Caller]]:
    """Each function as if its role's own policies allowed everything."""
    return ((folder, caller_of(folder, iam=True)) for folder in functions())


@pytest.mark.parametrize("stranger", STRANGERS.values(), ids=STRANGERS.keys())
@pytest.mark.parametrize("key", SIGNERS)
def test_nobody_signs_who_only_may_do_everything_or_brings_a_tag(key: str, stranger: Caller) -> None:
    assert not is_permitted(policy(key), stranger, "kms:Sign", DIGEST)


@pytest.mark.parametrize("key", SIGNERS)
def test_of_the_functions_those_sign_that_a_key_is_for(key: str) -> None:
    signing = {name for name, caller in callers() if is_permitted(policy(key), caller, "kms:Sign", DIGEST)}
    assert signing == SIGNERS[key]


@pytest.mark.parametrize("key", SPECS)
def test_a_key_of_the_template_needs_no_permission_of_a_role_to_sign(key: str) -> None:
    """A role that named the key would close a circle: CloudFormation would make neither."""
    for folder in SIGNERS[key]:
        assert is_permitted(policy(key), caller_of(folder, iam=False), "kms:Sign", DIGEST)


def test_a_later_key_needs_the_permission_for_its_tag_too() -> None:
    """Taking the tag away stops a CA."""
    for folder in SIGNERS["later CA's key"]:
        assert not is_permitted(policy("later CA's key"), caller_of(folder, iam=False), "kms:Sign", DIGEST)


@pytest.mark.parametrize("key", SIGNERS)
def test_only_digests_are_signed(key: str) -> None:
    for _, caller in callers():
        assert not is_permitted(policy(key), caller, "kms:Sign", {"kms:MessageType": ["RAW"]})


@pytest.mark.parametrize("stranger", STRANGERS.values(), ids=STRANGERS.keys())
@pytest.mark.parametrize("action", ["kms:Decrypt", "kms:ReEncryptFrom", "kms:ReEncryptTo", "kms:CreateGrant"])
def test_no_stranger_gets_at_the_key_of_a_responder(action: str, stranger: Caller) -> None:
    assert not is_permitted(policy("OcspKey"), stranger, action, STACK)


def test_the_responder_decrypts_and_nobody_encrypts_again() -> None:
    found = {
        (name, action)
        for name, caller in callers()
        for action in ("kms:Decrypt", "kms:ReEncryptFrom", "kms:ReEncryptTo")
        if is_permitted(policy("OcspKey"), caller, action, STACK)
    }
    assert found == {("ocsp_responder", "kms:Decrypt")}
    assert not is_permitted(policy("OcspKey"), caller_of("ocsp_responder", iam=False), "kms:Decrypt", {})


@pytest.mark.parametrize("stranger", STRANGERS.values(), ids=STRANGERS.keys())
@pytest.mark.parametrize("action", ["kms:GenerateMac", "kms:VerifyMac", "kms:CreateGrant"])
def test_no_stranger_learns_the_secret_of_an_eab_key(action: str, stranger: Caller) -> None:
    assert not is_permitted(policy("AcmeBindingKey"), stranger, action, {})


def test_those_make_macs_who_make_and_check_eab_keys_and_nobody_verifies_one() -> None:
    found = {
        (name, action)
        for name, caller in callers()
        for action in ("kms:GenerateMac", "kms:VerifyMac")
        if is_permitted(policy("AcmeBindingKey"), caller, action, {})
    }
    assert found == {("acme_api", "kms:GenerateMac"), ("catalog_api", "kms:GenerateMac")}
    for folder in ("acme_api", "catalog_api"):
        caller = caller_of(folder, iam=False)
        assert is_permitted(policy("AcmeBindingKey"), caller, "kms:GenerateMac", {})


@pytest.mark.parametrize("key", [*SIGNERS, "OcspKey", "AcmeBindingKey"])
@pytest.mark.parametrize(
    "action",
    ["kms:PutKeyPolicy", "kms:DisableKey", "kms:ScheduleKeyDeletion", "kms:TagResource", "kms:UntagResource"],
)
def test_with_a_key_administrator_nobody_else_changes_a_key(key: str, action: str) -> None:
    changing = {name for name, each in STRANGERS.items() if is_permitted(policy(key), each, action, {})}
    assert changing == {"the administrator of the keys"}


@pytest.mark.parametrize("key", [*SIGNERS, "OcspKey", "AcmeBindingKey"])
def test_nobody_makes_a_grant(key: str) -> None:
    """What a grant would allow is denied as well: this keeps lists of grants empty, for who looks."""
    everybody = [*STRANGERS.values(), *(caller for _, caller in callers())]
    assert not any(is_permitted(policy(key), each, "kms:CreateGrant", {}) for each in everybody)


@pytest.mark.parametrize("key", SPECS)
def test_a_signing_key_is_kept_and_its_type_has_one_algorithm(key: str) -> None:
    resource = load_template()["Resources"][key]
    assert (resource["DeletionPolicy"], resource["UpdateReplacePolicy"]) == ("RetainExceptOnCreate", "Retain")
    assert (resource["Properties"]["KeySpec"], resource["Properties"]["KeyUsage"]) == (
        SPECS[key],
        "SIGN_VERIFY",
    )


def test_the_template_of_later_keys_makes_keys_as_the_first_one_but_for_who_signs() -> None:
    later = load_template(ROOT / "stacks/ca_key.yaml")["Resources"]["IssuingKey"]
    first = json.loads(
        json.dumps(load_template()["Resources"]["IssuingKey"]).replace("${AWS::StackName}", "${StackLabel}")
    )
    same = ("KeySpec", "KeyUsage")
    assert [later["Properties"][name] for name in same] == [first["Properties"][name] for name in same]
    assert _without_signers(later) == _without_signers(first)
    assert (later["DeletionPolicy"], later["UpdateReplacePolicy"]) == ("Retain", "Retain")
    assert later["Properties"]["Tags"] == [{"Key": "certctl:issuing-ca", "Value": {"Ref": "StackLabel"}}]


def _without_signers(key: dict[str, Any]) -> list[Any]:
    """But for the last denial, and for what allows roles to sign: a later key leaves that to its tag."""
    *others, denial = key["Properties"]["KeyPolicy"]["Statement"]
    assert (denial["Effect"], denial["Action"]) == ("Deny", "kms:Sign")
    return [each for each in others if each["Effect"] == "Deny" or "kms:*" in each["Action"]]


def test_the_output_for_later_keys_has_the_roles_that_sign_for_them() -> None:
    _, roles = load_template()["Outputs"]["SignerRoleArns"]["Value"]["Fn::Join"]
    wanted = {caller_of(folder, iam=True).role for folder in SIGNERS["later CA's key"]}
    assert {pattern_of(role) for role in roles} == wanted


@pytest.mark.parametrize("folder", sorted(functions()))
def test_those_who_sign_for_later_cas_keep_the_tag_that_earlier_keys_ask_for(folder: str) -> None:
    """SAM puts a function's tags on its role too. Keys made before ADR 48 refuse to sign without it."""
    tag = functions()[folder].get("Tags", {}).get("certctl:signer")
    wanted = {"Fn::Sub": f"${{AWS::StackName}}/{folder}"}
    assert tag == (wanted if folder in SIGNERS["later CA's key"] else None)
