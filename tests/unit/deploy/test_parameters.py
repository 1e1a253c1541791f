"""The parameters file: what it takes, and what it says of what it does not take."""

from pathlib import Path
from typing import Any

import pytest

from deploy import parameters
from deploy.errors import DeployError

DECLARED: dict[str, dict[str, Any]] = {
    "LogLevel": {"Type": "String", "Default": "INFO", "AllowedValues": ["INFO", "DEBUG"]},
    "ThrottleRate": {"Type": "Number", "Default": 200, "MinValue": 1, "MaxValue": 1000},
    "Interval": {"Type": "String", "Default": "rate(1 hour)", "AllowedPattern": "rate\\(.+\\)"},
    "CaRootSubject": {"Type": "String", "Default": "CN=Root"},
    "LocalMode": {"Type": "String", "Default": ""},
}


def read(folder: Path, text: str) -> dict[str, str]:
    path = folder / "my.parameters"
    path.write_text(text)
    return parameters.read(path, DECLARED)


def test_a_value_goes_to_the_end_of_its_line_and_may_hold_anything(tmp_path: Path) -> None:
    text = "# a comment\n\n  CaRootSubject = CN=Root, O=Ex#ample  \nLogLevel=DEBUG\n"
    assert read(tmp_path, text) == {"CaRootSubject": "CN=Root, O=Ex#ample", "LogLevel": "DEBUG"}


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("Colour=red", "no parameter Colour. It has CaRootSubject, Interval, LogLevel, ThrottleRate"),
        ("LogLevel=LOUD", "LogLevel is one of INFO, DEBUG, not 'LOUD'"),
        ("ThrottleRate=many", "ThrottleRate is a number, not 'many'"),
        ("ThrottleRate=0", "ThrottleRate is 1 or more"),
        ("ThrottleRate=2000", "ThrottleRate is 1000 or less"),
        ("Interval=1h", "does not match"),
        ("LocalMode=1", "LocalMode is for the emulator"),
        ("LogLevel", "a line is Name=value"),
        ("LogLevel=INFO\nLogLevel=INFO", ":2: LogLevel is given twice"),
    ],
)
def test_a_line_that_cannot_be_used_is_named_with_the_reason(tmp_path: Path, line: str, reason: str) -> None:
    with pytest.raises(DeployError, match=r"my\.parameters:") as raised:
        read(tmp_path, line)
    assert reason in str(raised.value)


def test_all_problems_are_listed_at_once(tmp_path: Path) -> None:
    with pytest.raises(DeployError) as raised:
        read(tmp_path, "Colour=red\nLogLevel=LOUD\n")
    assert [f"my.parameters:{number}:" in str(raised.value) for number in (1, 2, 3)] == [True, True, False]


def test_a_file_that_is_missing_says_how_to_begin_one(tmp_path: Path) -> None:
    with pytest.raises(DeployError, match=r"cp parameters\.example"):
        parameters.read(tmp_path / "none", DECLARED)


def test_what_the_file_leaves_out_has_its_default() -> None:
    whole = parameters.complete({"LogLevel": "DEBUG"}, DECLARED)
    assert whole == {name: str(each["Default"]) for name, each in DECLARED.items()} | {"LogLevel": "DEBUG"}


def test_what_certificates_hold_is_not_changed() -> None:
    deployed = {"CaRootSubject": "CN=Root", "PkiHostName": "pki.example.com"}
    parameters.require_unchanged(deployed | {"LogLevel": "DEBUG"}, deployed)
    with pytest.raises(DeployError, match=r"PkiHostName=pki\.example\.com"):
        parameters.require_unchanged({"CaRootSubject": "CN=Root", "PkiHostName": ""}, deployed)


def test_a_stack_keeps_the_names_of_its_cas_that_were_the_default_when_it_was_made() -> None:
    former = {"CaRootSubject": "CN=certctl Root CA,O=certctl", "LogLevel": "DEBUG"}
    kept = parameters.with_former_defaults({"ThrottleRate": "1"}, former)
    assert kept == {"CaRootSubject": "CN=certctl Root CA,O=certctl", "ThrottleRate": "1"}
    parameters.require_unchanged(kept, former)
    assert parameters.with_former_defaults({"CaRootSubject": "CN=Mine"}, former) == {
        "CaRootSubject": "CN=Mine"
    }
    assert parameters.with_former_defaults({}, {"CaRootSubject": ""}) == {}


PRIVATE_CA = (
    "arn:aws:acm-pca:eu-central-1:123456789012:certificate-authority/11223344-1234-1122-2233-112233445566"
)
KEYS = {"RootKeySpec": "ECC_NIST_P384", "IssuingKeySpec": "ECC_NIST_P256"}


@pytest.mark.parametrize("changed", KEYS)
@pytest.mark.parametrize("deployed", [KEYS, {"LogLevel": "INFO"}], ids=["this release", "the one before"])
def test_the_type_of_a_key_that_exists_is_not_changed(deployed: dict[str, str], changed: str) -> None:
    """A stack of 0.2.0 has no such parameter, and keys of the types that are the defaults today."""
    parameters.require_unchanged(KEYS, deployed)
    with pytest.raises(DeployError, match=f"{changed}={KEYS[changed]}\n.*make ca-key"):
        parameters.require_unchanged(KEYS | {changed: "RSA_3072"}, deployed)


def test_a_first_deploy_takes_any_types_of_one_family() -> None:
    parameters.require_unchanged({"RootKeySpec": "RSA_4096", "IssuingKeySpec": "RSA_2048"}, {})
    days = {"BackupRetentionDays": "0", "BackupLockDays": "0"}
    mixed = days | {"RootKeySpec": "ECC_NIST_P384", "IssuingKeySpec": "RSA_2048"}
    assert list(parameters.joint_problems(mixed | {"RootKeySpec": "RSA_3072"})) == []
    (problem,) = parameters.joint_problems(mixed)
    assert "RootKeySpec=ECC_NIST_P384 and IssuingKeySpec=RSA_2048 are of two families" in problem


@pytest.mark.parametrize(
    ("name", "value", "is_taken"),
    [
        ("RootKeySpec", "RSA_2048", False),
        ("IssuingKeySpec", "ECC_NIST_P521", False),
        ("IssuingKeySpec", "RSA_2048", True),
        ("PrivateCaArns", "", True),
        ("PrivateCaArns", f"{PRIVATE_CA}, {PRIVATE_CA}", True),
        ("PrivateCaArns", f"{PRIVATE_CA},*", False),
        ("PrivateCaArns", "arn:aws:acm-pca:eu-central-1:123456789012:certificate-authority/*", False),
        ("PrivateCaCrlBuckets", "arn:aws:s3:::crls.example", True),
        ("PrivateCaCrlBuckets", "crls.example", False),
        ("PrivateCaCrlBuckets", "arn:aws:s3:::*", False),
    ],
)
def test_lists_are_checked_value_by_value(name: str, value: str, is_taken: bool) -> None:
    declared = parameters.declared_parameters()[name]
    assert (parameters.value_problem(name, value, declared) == "") is is_taken


@pytest.mark.parametrize(("retention", "lock", "faults"), [(30, 31, 1), (0, 1, 1), (30, 30, 0), (0, 0, 0)])
def test_no_lock_lasts_longer_than_what_it_locks(retention: int, lock: int, faults: int) -> None:
    """AWS fails every backup job then: docs.aws.amazon.com/aws-backup/latest/devguide/vault-lock.html"""
    values = KEYS | {"BackupRetentionDays": str(retention), "BackupLockDays": str(lock)}
    problems = list(parameters.joint_problems(values))
    assert len(problems) == faults
    assert all(f"BackupLockDays={lock} is more than" in problem for problem in problems)
