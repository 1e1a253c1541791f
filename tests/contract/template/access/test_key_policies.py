"""Who may sign or decrypt with the keys, played against the transformed template and stacks/ca_key.yaml."""

import json
from collections.abc import Iterable
from typing import Any

import pytest

from certctl.domain.authorities.key_specs import ISSUING_KEY_SPECS, ROOT_KEY_SPECS
from tests.support.aws.iam import Access, is_allowed
from tests.support.aws.key_policies import (
    Caller,
    Policy,
    caller_of,
    is_permitted,
    later_key,
    policy_in,
    policy_of,
    signers,
    tag_of,
)
from tests.support.aws.transformed import resources, transformed
from tests.support.template import NOT_MET, ROOT, functions, load_template, pattern_of

SIGNERS = {
    "RootKey": {"stack_admin"},
    "IssuingKey": {"signing_worker", "crl_publisher"},
    "AuditSealKey": {"maintenance_schedule"},
    "later CA's key": {"signing_worker", "crl_publisher", "stack_admin"},
    "later root's key": {"stack_admin"},
}
LATER = ("later CA's key", "later root's key")
SPECS = {
    "RootKey": {"Ref": "RootKeySpec"},
    "IssuingKey": {"Ref": "IssuingKeySpec"},
    "AuditSealKey": "ECC_NIST_P256",
}
# What the types of keys can sign by: those of RSA by six, of which the policy leaves one.
RSA = tuple(f"RSASSA_{scheme}_SHA_{size}" for scheme in ("PKCS1_V1_5", "PSS") for size in (256, 384, 512))
ALGORITHMS = {
    "ECC_NIST_P256": ("ECDSA_SHA_256",),
    "ECC_NIST_P384": ("ECDSA_SHA_384",),
    **dict.fromkeys(("RSA_2048", "RSA_3072", "RSA_4096"), RSA),
}
ONE = {spec: algorithms[0] for spec, algorithms in ALGORITHMS.items()}
DIGEST = {"kms:MessageType": ["DIGEST"], "kms:SigningAlgorithm": ["ECDSA_SHA_256"]}
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


_CA = {"issuing": "CA", "root": "root"}


@pytest.mark.parametrize("spec", ALGORITHMS)
@pytest.mark.parametrize("role", _CA)
def test_a_later_key_of_each_type_signs_by_one_algorithm_and_for_those_of_its_role(
    role: str, spec: str
) -> None:
    policy = policy_in(later_key(role, spec), ())
    found = {
        (name, algorithm)
        for name, caller in callers()
        for algorithm in ALGORITHMS[spec]
        if is_permitted(policy, caller, "kms:Sign", DIGEST | {"kms:SigningAlgorithm": [algorithm]})
    }
    assert found == {(folder, ONE[spec]) for folder in SIGNERS[f"later {_CA[role]}'s key"]}


@pytest.mark.parametrize("name", ["RootKey", "IssuingKey"])
def test_an_rsa_key_of_the_template_signs_by_one_algorithm(name: str) -> None:
    key = resources(transformed(KeyAdministratorArn="x"), "AWS::KMS::Key")[name]
    policy = policy_in(key, [each for each in NOT_MET if "Rsa" not in each])
    (folder, *_) = sorted(SIGNERS[name])
    caller = caller_of(folder, iam=False)
    context = {algorithm: DIGEST | {"kms:SigningAlgorithm": [algorithm]} for algorithm in RSA}
    assert [each for each in RSA if is_permitted(policy, caller, "kms:Sign", context[each])] == [RSA[0]]


@pytest.mark.parametrize("name", ["RootKey", "IssuingKey"])
def test_the_policy_of_a_key_that_exists_does_not_change_with_the_types(name: str) -> None:
    """A key of the type ECC_NIST_P384 or P256 has one algorithm, whatever its policy says."""
    with_rsa = json.dumps(policy_in(resources(transformed(), "AWS::KMS::Key")[name], ["IsLocal"]))
    assert "kms:SigningAlgorithm" in with_rsa
    assert "kms:SigningAlgorithm" not in json.dumps(policy(name))


def test_the_types_of_keys_that_may_be_chosen_are_those_that_the_code_knows() -> None:
    own = load_template()["Parameters"]
    later = load_template(ROOT / "stacks/ca_key.yaml")
    assert set(own["RootKeySpec"]["AllowedValues"]) == set(ROOT_KEY_SPECS)
    assert set(own["IssuingKeySpec"]["AllowedValues"]) == set(ISSUING_KEY_SPECS)
    assert set(later["Parameters"]["KeySpec"]["AllowedValues"]) == set(ISSUING_KEY_SPECS)
    weak = set(ISSUING_KEY_SPECS) - set(ROOT_KEY_SPECS)
    (assertion,) = later["Rules"]["RootIsStronger"]["Assertions"]
    assert assertion["Assert"] == {"Fn::Not": [{"Fn::Equals": [{"Ref": "KeySpec"}, *weak]}]}


def _signing(tags: dict[str, str]) -> Access:
    """With a key whose own policy would leave it to IAM, as an operator could set it."""
    keys = {name: tuple(values) for name, values in DIGEST.items()}
    keys |= {f"aws:ResourceTag/{name}": (value,) for name, value in tags.items()}
    return Access("kms:Sign", ("arn:aws:kms:eu-central-1:123456789012:key/x",), keys)


@pytest.mark.parametrize("tags", [("root-ca",), ("root-ca", "issuing-ca")], ids="+".join)
def test_the_iam_of_workers_refuses_the_key_of_a_root_even_if_it_has_the_other_tag_too(
    monkeypatch: pytest.MonkeyPatch, tags: tuple[str, ...]
) -> None:
    everything = {"Statement": [{"Effect": "Allow", "Principal": {"AWS": "*:root"}, "Action": "kms:*"}]}
    monkeypatch.setattr("tests.support.aws.iam.policy_of", lambda *_: everything)
    access = _signing({f"certctl:{tag}": "AWS::StackName" for tag in tags})
    assert {folder for folder in functions() if is_allowed(folder, access)} == {"stack_admin"}


@pytest.mark.parametrize("folder", ["signing_worker", "crl_publisher"])
def test_the_policy_of_a_root_s_key_refuses_workers_even_if_iam_would_let_them_sign(folder: str) -> None:
    caller = caller_of(folder, iam=True)
    assert not is_permitted(policy("later root's key"), caller, "kms:Sign", DIGEST)
    assert not is_permitted(policy("RootKey"), caller, "kms:Sign", DIGEST)


@pytest.mark.parametrize("key", SPECS)
def test_a_key_of_the_template_needs_no_permission_of_a_role_to_sign(key: str) -> None:
    """A role that named the key would close a circle: CloudFormation would make neither."""
    for folder in SIGNERS[key]:
        assert is_permitted(policy(key), caller_of(folder, iam=False), "kms:Sign", DIGEST)


def test_a_later_key_needs_the_permission_for_its_tag_too() -> None:
    """Taking the tag away stops a CA."""
    for key in LATER:
        for folder in SIGNERS[key]:
            assert not is_permitted(policy(key), caller_of(folder, iam=False), "kms:Sign", DIGEST)


@pytest.mark.parametrize("key", SIGNERS)
def test_only_digests_are_signed(key: str) -> None:
    for _, caller in callers():
        assert not is_permitted(policy(key), caller, "kms:Sign", DIGEST | {"kms:MessageType": ["RAW"]})


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
def test_a_signing_key_is_kept_and_its_type_is_as_it_was_chosen(key: str) -> None:
    resource = load_template()["Resources"][key]
    assert (resource["DeletionPolicy"], resource["UpdateReplacePolicy"]) == ("RetainExceptOnCreate", "Retain")
    assert (resource["Properties"]["KeySpec"], resource["Properties"]["KeyUsage"]) == (
        SPECS[key],
        "SIGN_VERIFY",
    )


@pytest.mark.parametrize("role", _CA)
def test_the_template_of_later_keys_makes_keys_as_the_first_one_but_for_who_signs(role: str) -> None:
    later = later_key(role, "RSA_3072")
    first = resources(transformed(), "AWS::KMS::Key")["IssuingKey"]
    first["Properties"]["KeyPolicy"] = policy_in(first, ["IsLocal"])
    assert later["Properties"]["KeyUsage"] == first["Properties"]["KeyUsage"]
    assert _without_signers(later) == _without_signers(first)
    assert (later["DeletionPolicy"], later["UpdateReplacePolicy"]) == ("Retain", "Retain")
    assert later["Properties"]["Tags"] == [{"Key": tag_of(role), "Value": {"Ref": "StackLabel"}}]


def _without_signers(key: dict[str, Any]) -> list[str]:
    """But for the last denial, and for what allows roles to sign: a later key leaves that to its tag."""
    *others, denial = key["Properties"]["KeyPolicy"]["Statement"]
    assert (denial["Effect"], denial["Action"]) == ("Deny", "kms:Sign")
    kept = [each for each in others if each["Effect"] == "Deny" or "kms:*" in each["Action"]]
    return sorted(json.dumps(each, sort_keys=True) for each in kept)


@pytest.mark.parametrize("role", _CA)
def test_the_output_for_later_keys_has_the_roles_that_sign_for_them(role: str) -> None:
    wanted = {caller_of(folder, iam=True).role for folder in SIGNERS[f"later {_CA[role]}'s key"]}
    assert {pattern_of(each) for each in signers(role)} == wanted


@pytest.mark.parametrize("folder", sorted(functions()))
def test_those_who_sign_for_later_cas_keep_the_tag_that_earlier_keys_ask_for(folder: str) -> None:
    """SAM puts a function's tags on its role too. Keys made before ADR 48 refuse to sign without it."""
    tag = functions()[folder].get("Tags", {}).get("certctl:signer")
    wanted = {"Fn::Sub": f"${{AWS::StackName}}/{folder}"}
    assert tag == (wanted if folder in SIGNERS["later CA's key"] else None)
