"""Which extended key usages a profile may have, and which key usage follows from them."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from certctl.domain.policies.usages import (
    KEY_USAGES,
    ExtendedKeyUsage,
    KeyAlgorithm,
    KeyUsage,
    is_critical,
    is_oid,
    key_usages,
    usage_oid,
    usage_problems,
)
from tests.support.template import ROOT

_MICROSOFT = "1.3.6.1.4.1.311"
REFUSED = {
    "1.3.6.1.5.5.7.3.9": "which certificates are revoked",
    "OCSPSigning": "which certificates are revoked",
    "ocspsigning": "which certificates are revoked",
    "2.5.29.37.0": "every usage",
    "anyExtendedKeyUsage": "every usage",
    f"{_MICROSOFT}.20.2.1": "in the names of others",
    "enrollmentAgent": "in the names of others",
    f"{_MICROSOFT}.20.2.2": "as a logon",
    "smartcardLogon": "as a logon",
    f"{_MICROSOFT}.21.5": "a Windows CA",
    f"{_MICROSOFT}.21.6": "archived private keys",
    f"{_MICROSOFT}.10.3": "its own system",
    f"{_MICROSOFT}.10.3.4": "its own system",
    f"{_MICROSOFT}.10.3.4.1": "its own system",
    f"{_MICROSOFT}.10.3.12": "its own system",
    "1.3.6.1.5.2.3.4": "as a logon",
    "1.3.6.1.5.2.3.5": "a KDC",
    "kdc": "a KDC",
}
ALLOWED = [*ExtendedKeyUsage, "1.3.6.1.4.1.32473.1", f"{_MICROSOFT}.10.30", f"{_MICROSOFT}.10.4", "2.25.1"]
NO_OIDS = [
    *("", "1", "3.1.2", "1.40.1", "0.85.29", "1.3.06.1", "1.3..6", "1.3.6.", ".1.3", "1.3.6.1 ", "1.3.6.1\n"),
    *(
        "1.3.6.\u0661",
        "1.3.6.2147483648",
        "1.3.6." + "1." * 30 + "1",
        "1.3.6.-1",
        "id-kp-serverAuth",
        "serverauth",
    ),
]


def _reasons(*usages: str) -> list[str]:
    return [reason for _, reason in usage_problems(usages)]


@pytest.mark.parametrize("usage", REFUSED)
def test_what_gives_power_over_others_is_refused_by_name_and_oid(usage: str) -> None:
    reasons = _reasons("serverAuth", usage)
    assert len(reasons) == 1
    assert REFUSED[usage] in reasons[0]
    assert [field for field, _ in usage_problems(("serverAuth", usage))] == ["extended_key_usages.1"]


@pytest.mark.parametrize("usage", ALLOWED)
def test_other_usages_are_allowed_by_name_or_oid(usage: str) -> None:
    assert _reasons(usage) == []


@pytest.mark.parametrize("usage", list(ExtendedKeyUsage))
def test_a_usage_that_has_a_name_is_given_by_its_name(usage: ExtendedKeyUsage) -> None:
    oid = usage_oid(usage)
    assert is_oid(oid)
    assert _reasons(oid) == [f"{oid} is {usage}: give its name"]


@pytest.mark.parametrize("text", NO_OIDS)
def test_what_is_neither_a_name_nor_an_oid_is_refused(text: str) -> None:
    assert not is_oid(text)
    assert "is no extended key usage: allowed are serverAuth" in _reasons(text)[0]


@given(st.text(max_size=80))
def test_an_oid_has_one_spelling(text: str) -> None:
    if is_oid(text):
        assert ".".join(str(int(arc)) for arc in text.split(".")) == text


def test_a_profile_has_one_usage_at_least_and_none_twice() -> None:
    assert _reasons() == ["needs at least one, none twice"]
    assert _reasons("serverAuth", "serverAuth") == ["needs at least one, none twice"]


def test_time_stamping_stands_alone_and_critical() -> None:
    assert _reasons("timeStamping") == []
    assert _reasons("timeStamping", "1.3.6.1.4.1.32473.1") == ["timeStamping stands alone (RFC 3161, 2.3)"]
    assert is_critical(("timeStamping",))
    assert not is_critical([each for each in ExtendedKeyUsage if each != "timeStamping"])


def test_only_rsa_keys_of_servers_and_mail_encipher() -> None:
    enciphers = {
        (usage, algorithm)
        for usage in (*ExtendedKeyUsage, "1.3.6.1.4.1.32473.1")
        for algorithm in KeyAlgorithm
        if KeyUsage.KEY_ENCIPHERMENT in key_usages((usage,), algorithm)
    }
    assert enciphers == {("serverAuth", KeyAlgorithm.RSA), ("emailProtection", KeyAlgorithm.RSA)}
    assert key_usages(("clientAuth", "serverAuth"), KeyAlgorithm.RSA) == set(KeyUsage)
    assert key_usages(("clientAuth", "codeSigning"), KeyAlgorithm.RSA) == {KeyUsage.DIGITAL_SIGNATURE}


def test_the_documented_table_is_the_one_of_the_code() -> None:
    text = (ROOT / "docs/policies.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `?([A-Za-z ]+)`? \| (\S+) \| ([^|]*) \| ([^|]*) \|$", text, re.MULTILINE)
    documented = {
        name.strip(): (oid.strip("`"), rsa.strip(), others.strip()) for name, oid, rsa, others in rows
    }

    assert {name: documented.get(name) for name in ExtendedKeyUsage} == {
        name: (usage_oid(name), _shown(name, KeyAlgorithm.RSA), _shown(name, KeyAlgorithm.ECDSA))
        for name in ExtendedKeyUsage
    }
    assert set(KEY_USAGES) == set(ExtendedKeyUsage)


def _shown(usage: str, algorithm: KeyAlgorithm) -> str:
    found = key_usages((usage,), algorithm)
    return ", ".join(each for each in KeyUsage if each in found)
