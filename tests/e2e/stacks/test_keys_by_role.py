"""Keys as CloudFormation makes them in the emulator of `make run`: who signs with them, and by what.

The policies are the template's own. The roles are those of the functions, with what they may do with KMS.
"""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256, SHA384
from cryptography.hazmat.primitives.serialization import load_der_public_key

from deploy import stack as stacks
from deploy.alongside import ca_keys
from deploy.target import Target
from local.settings import REGION
from local.stack.template import parse_cloudformation
from tests.support.aws.emulators import EmptyAccount, empty_account
from tests.support.template import ROOT, TEMPLATE, logical_id, statements

SIGNING = ("signing_worker", "crl_publisher", "stack_admin")
DATA = b"to be signed"
ALGORITHMS = {
    "ECC_NIST_P256": ("ECDSA_SHA_256",),
    "ECC_NIST_P384": ("ECDSA_SHA_384",),
    **dict.fromkeys(("RSA_2048", "RSA_3072"), ("RSASSA_PKCS1_V1_5_SHA_256", "RSASSA_PSS_SHA_256")),
}
_KMS = {"kms:Sign", "kms:GetPublicKey", "kms:ListResourceTags"}
_OUTPUTS = {f"{name}Arn": {"Value": {"Fn::GetAtt": [name, "Arn"]}} for name in ("RootKey", "IssuingKey")}


def _role(folder: str) -> dict[str, Any]:
    of_kms = [each for each in statements(folder) if set(each["Action"]) & _KMS]
    trust = {"Effect": "Allow", "Principal": {"AWS": {"Ref": "AWS::AccountId"}}, "Action": "sts:AssumeRole"}
    policy = {"PolicyName": "kms", "PolicyDocument": {"Version": "2012-10-17", "Statement": of_kms}}
    document = {"Version": "2012-10-17", "Statement": [trust]}
    return {
        "Type": "AWS::IAM::Role",
        "Properties": {"AssumeRolePolicyDocument": document, "Policies": [policy]},
    }


def _template() -> dict[str, Any]:
    """The keys of the template with the roles that their policies name."""
    own = parse_cloudformation(TEMPLATE.read_text(encoding="utf-8"))
    parameters = ("RootKeySpec", "IssuingKeySpec", "KeyAdministratorArn", "AlarmTopicArn")
    conditions = ("HasRsaRoot", "HasRsaIssuing", "HasKeyAdministrator")
    outputs = ("SignerRoleArns", "RootSignerRoleArns")
    return {
        "Parameters": {name: own["Parameters"][name] for name in parameters},
        "Conditions": {name: own["Conditions"][name] for name in conditions},
        "Resources": {name: own["Resources"][name] for name in ("RootKey", "IssuingKey")}
        | {f"{logical_id(folder)}Role": _role(folder) for folder in SIGNING},
        "Outputs": {name: own["Outputs"][name] for name in outputs} | _OUTPUTS,
    }


@dataclass(frozen=True)
class Stack:
    target: Target
    account: EmptyAccount

    def output(self, name: str) -> str:
        return stacks.require(self.target).outputs[name]

    def later_key(self, name: str, role: str, spec: str) -> str:
        return ca_keys.make(self.target, stacks.require(self.target), name, ca_keys.Wish(role, spec))

    def signers(self, key: str, algorithm: str, message_type: str = "DIGEST") -> set[str]:
        """The functions whose roles get a signature, each of which verifies."""
        return {folder for folder in SIGNING if self._signs(folder, key, algorithm, message_type)}

    def _signs(self, folder: str, key: str, algorithm: str, message_type: str) -> bool:
        digest = hashlib.new(f"sha{algorithm[-3:]}", DATA).digest()
        message = digest if message_type == "DIGEST" else DATA
        kms = self._as(folder)
        try:
            signed = kms.sign(
                KeyId=key, Message=message, MessageType=message_type, SigningAlgorithm=algorithm
            )
        except ClientError as refusal:
            if refusal.response["Error"]["Code"] != "AccessDeniedException":
                raise
            return False
        verify(self.account.client("kms").get_public_key(KeyId=key)["PublicKey"], signed["Signature"])
        return True

    def _as(self, folder: str) -> Any:
        """KMS for a caller in the function's role."""
        resources = stacks.resources(self.target, self.target.stack)
        (name,) = (r.physical_id for r in resources if r.logical_id == f"{logical_id(folder)}Role")
        arn = f"arn:aws:iam::000000000000:role/{name}"
        got = self.account.client("sts").assume_role(RoleArn=arn, RoleSessionName=folder)["Credentials"]
        return boto3.client(
            "kms",
            endpoint_url=self.account.url,
            region_name=REGION,
            aws_access_key_id=got["AccessKeyId"],
            aws_secret_access_key=got["SecretAccessKey"],
            aws_session_token=got["SessionToken"],
        )


def verify(public_key: bytes, signature: bytes) -> None:
    """Verifies as a relying party does. Raises InvalidSignature."""
    key = load_der_public_key(public_key)
    if isinstance(key, rsa.RSAPublicKey):
        key.verify(signature, DATA, padding.PKCS1v15(), SHA256())
        return
    assert isinstance(key, ec.EllipticCurvePublicKey)
    key.verify(signature, DATA, ec.ECDSA(SHA384() if key.key_size == 384 else SHA256()))


@pytest.fixture(scope="module")
def account(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmptyAccount]:
    with empty_account(tmp_path_factory.mktemp("account")) as made:
        yield made


def _made(account: EmptyAccount, patch: pytest.MonkeyPatch, name: str, **values: str) -> Stack:
    environment = {
        "AWS_ENDPOINT_URL": account.url,
        "AWS_ACCESS_KEY_ID": account.key.id,
        "AWS_SECRET_ACCESS_KEY": account.key.secret,
    }
    for variable, text in environment.items():
        patch.setenv(variable, text)
    target = Target(name, REGION, account.url, boto3.Session(region_name=REGION))
    if stacks.find(target) is None:
        stacks.cloudformation(target).create_stack(
            StackName=name,
            TemplateBody=json.dumps(_template()),
            Parameters=[{"ParameterKey": k, "ParameterValue": v} for k, v in values.items()],
            Capabilities=["CAPABILITY_IAM"],
        )
        waiter = stacks.cloudformation(target).get_waiter("stack_create_complete")
        waiter.wait(StackName=name, WaiterConfig={"Delay": 1})
    return Stack(target, account)


@pytest.fixture
def stack(account: EmptyAccount, monkeypatch: pytest.MonkeyPatch) -> Stack:
    return _made(account, monkeypatch, "certctl")


@pytest.mark.parametrize(("root", "issuing"), [("ECC_NIST_P384", "ECC_NIST_P256"), ("RSA_3072", "RSA_2048")])
def test_the_first_keys_have_the_types_of_the_parameters_and_sign_for_their_own_functions(
    account: EmptyAccount, monkeypatch: pytest.MonkeyPatch, root: str, issuing: str
) -> None:
    made = _made(account, monkeypatch, f"certctl-{root[:3]}", RootKeySpec=root, IssuingKeySpec=issuing)
    wanted = {
        "RootKeyArn": (root, {"stack_admin"}),
        "IssuingKeyArn": (issuing, {"signing_worker", "crl_publisher"}),
    }
    for output, (spec, signers) in wanted.items():
        key = made.output(output)
        assert account.client("kms").describe_key(KeyId=key)["KeyMetadata"]["KeySpec"] == spec
        one, *others = ALGORITHMS[spec]
        assert made.signers(key, one) == signers
        assert [made.signers(key, other) for other in others] == [set()] * len(others)


@pytest.mark.parametrize("spec", ALGORITHMS)
def test_the_key_of_a_later_issuing_ca_signs_for_the_three_functions_by_one_algorithm(
    stack: Stack, spec: str
) -> None:
    key = stack.later_key(f"ca-{spec.replace('_', '-')}", "issuing", spec)
    one, *others = ALGORITHMS[spec]
    assert stack.signers(key, one) == set(SIGNING)
    assert [stack.signers(key, other) for other in others] == [set()] * len(others)
    assert stack.signers(key, one, "RAW") == set()


@pytest.mark.parametrize("spec", [spec for spec in ALGORITHMS if spec != "RSA_2048"])
def test_a_worker_that_is_offered_the_key_of_a_root_is_refused(stack: Stack, spec: str) -> None:
    key = stack.later_key(f"root-{spec.replace('_', '-')}", "root", spec)
    assert stack.signers(key, ALGORITHMS[spec][0]) == {"stack_admin"}


def test_iam_refuses_a_worker_also_if_the_root_s_key_has_the_other_tag_and_a_lax_policy(stack: Stack) -> None:
    key = stack.later_key("root-lax", "root", "ECC_NIST_P256")
    kms = stack.account.client("kms")
    kms.tag_resource(KeyId=key, Tags=[{"TagKey": "certctl:issuing-ca", "TagValue": "certctl"}])
    account = {"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::000000000000:root"}, "Action": "kms:*"}
    policy = {"Version": "2012-10-17", "Statement": [account | {"Resource": "*"}]}
    kms.put_key_policy(KeyId=key, PolicyName="default", Policy=json.dumps(policy))
    assert stack.signers(key, "ECDSA_SHA_256") == {"stack_admin"}


def test_the_key_policy_refuses_a_worker_also_if_somebody_takes_the_root_s_tag_away(stack: Stack) -> None:
    key = stack.later_key("root-tags", "root", "ECC_NIST_P256")
    kms = stack.account.client("kms")
    kms.tag_resource(KeyId=key, Tags=[{"TagKey": "certctl:issuing-ca", "TagValue": "certctl"}])
    kms.untag_resource(KeyId=key, TagKeys=["certctl:root-ca"])
    assert stack.signers(key, "ECDSA_SHA_256") == {"stack_admin"}


def test_a_stack_s_functions_do_not_sign_with_the_keys_of_another_stack(
    stack: Stack, account: EmptyAccount, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = _made(account, monkeypatch, "certctl-2")
    keys = [
        other.later_key("of-two", "issuing", "RSA_2048"),
        other.later_key("of-two-root", "root", "RSA_3072"),
    ]
    assert [stack.signers(key, "RSASSA_PKCS1_V1_5_SHA_256") for key in keys] == [set(), set()]


def test_the_rights_in_private_cas_name_each_ca_and_what_is_in_each_bucket(stack: Stack) -> None:
    cas = [f"arn:aws:acm-pca:eu-central-1:123456789012:certificate-authority/{n}" for n in (1, 2)]
    buckets = ["arn:aws:s3:::crls.one", "arn:aws:s3:::crls.two"]
    iam = stack.account.client("iam")
    iam.create_role(
        RoleName="worker", AssumeRolePolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": []})
    )
    values = {"WorkerRoleName": "worker", "CaArns": ",".join(cas), "CrlBuckets": ",".join(buckets)}
    client = stack.account.client("cloudformation")
    client.create_stack(
        StackName="private-ca",
        TemplateBody=(ROOT / "stacks/private_ca.yaml").read_text(encoding="utf-8"),
        Parameters=[{"ParameterKey": k, "ParameterValue": v} for k, v in values.items()],
        Capabilities=["CAPABILITY_IAM"],
    )
    client.get_waiter("stack_create_complete").wait(StackName="private-ca", WaiterConfig={"Delay": 1})
    found = [
        statement["Resource"]
        for name in sorted(iam.list_role_policies(RoleName="worker")["PolicyNames"])
        for statement in iam.get_role_policy(RoleName="worker", PolicyName=name)["PolicyDocument"][
            "Statement"
        ]
    ]
    assert found == [cas, cas, [f"{bucket}/*" for bucket in buckets], buckets]
