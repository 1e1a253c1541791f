"""`GET /api/v1/authorities` against openssl, and where a certificate's revocation is public."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from certctl.domain.access.permissions import Role
from certctl.domain.authorities.authorities import object_key
from certctl.domain.times import to_wire
from tests.support.clock import Clock
from tests.support.functions.deployed import deployed
from tests.support.issuing.issuing import CERTIFICATES, Issuing, issuing
from tests.support.openssl import openssl

AUTHORITIES = "/api/v1/authorities"


@pytest.fixture
def made() -> Iterator[Issuing]:
    with deployed(Clock()) as stack, issuing(stack) as made:
        yield made


def read(made: Issuing, role: Role = Role.ADMIN) -> Any:
    """The issuing CA in detail."""
    client = made.stack.client("catalog_api", made.stack.new_key(role))
    listed = client.get(AUTHORITIES).body["data"]
    issuing_ca = next(each for each in listed if each["role"] == "issuing")
    return client.get(f"{AUTHORITIES}/{issuing_ca['ca_id']}").body


def crl_text(made: Issuing, url: str) -> str:
    stored = made.pki.objects.get(object_key(url))
    assert stored
    return openssl("crl", "-inform", "DER", "-noout", "-crlnumber", "-text", stdin=stored.body)


def test_the_list_has_every_ca_with_its_crls(made: Issuing) -> None:
    answer = made.stack.admin("catalog_api").get(AUTHORITIES)
    assert answer.status == 200
    assert [(each["role"], each["state"]) for each in answer.body["data"]] == [
        ("root", "active"),
        ("issuing", "active"),
    ]
    assert [[crl["shard"] for crl in each["crls"]] for each in answer.body["data"]] == [["0"], ["0", "all"]]
    root, issuing = answer.body["data"]
    assert (root["parent_id"], root["key_spec"]) == (None, "ECC_NIST_P384")
    assert (issuing["parent_id"], issuing["key_spec"]) == (root["ca_id"], "ECC_NIST_P256")


def test_the_facts_are_those_that_openssl_prints(made: Issuing) -> None:
    found = read(made)
    pem = found["certificate_pem"].encode()
    printed = openssl(
        "x509", "-noout", "-serial", "-fingerprint", "-sha256", "-subject", "-nameopt", "RFC2253", stdin=pem
    )
    serial, fingerprint, subject = (line.partition("=")[2].strip() for line in printed.splitlines())
    assert found["serial_number"] == serial.lower()
    assert found["fingerprint_sha256"] == fingerprint.replace(":", "").lower()
    assert found["subject"] == subject
    text = openssl("x509", "-noout", "-text", stdin=pem)
    assert f"Signature Algorithm: {found['signature_algorithm']}" in text
    assert found["key_algorithm"] == "ECDSA P-256"
    assert f"Public-Key: ({found['key_bits']} bit)" in text
    assert f"pathlen:{found['path_length']}" in text
    assert found["certificate_policies"] == ["2.5.29.32.0"]
    assert "Policy: X509v3 Any Policy" in text
    assert all(f"URI:{url}" in text for url in [*found["crl_urls"], *found["issuer_urls"]])
    assert [link["subject"] for link in found["chain"]] == [found["issuer"]]


def test_the_crl_is_the_one_that_openssl_reads(made: Issuing) -> None:
    revoked = made.issued()
    made.api.post(f"{CERTIFICATES}/{revoked['id']}/revoke")
    made.pki.publishing().publish_due()
    for view in read(made)["crls"]:
        text = crl_text(made, view["url"])
        assert f"crlNumber=0x{view['crl_number']:02X}" in text
        assert text.count("Serial Number:") == view["entries"] == 1


def test_only_who_may_change_the_catalog_sees_the_key(made: Issuing) -> None:
    assert read(made)["key_arn"] == "arn:issuing"
    for role in (Role.OPERATOR, Role.VIEWER, Role.AUDITOR):
        assert read(made, role)["key_arn"] is None


def test_an_active_ca_says_when_its_rotation_is_due(made: Issuing) -> None:
    found = read(made)
    rotation = found["rotation"]
    assert rotation["due_at"] < rotation["late_at"] < found["not_after"]
    assert (rotation["replaces"], rotation["replaced_by"], rotation["pending_ca_id"]) == (None, None, None)


def test_an_unknown_ca_is_not_found(made: Issuing) -> None:
    assert made.stack.admin("catalog_api").get(f"{AUTHORITIES}/ca-nobody").status == 404


def test_a_certificate_in_use_has_no_revocation(made: Issuing) -> None:
    assert made.read(made.issued()["id"])["revocation"] is None


def test_a_revocation_is_due_and_then_in_a_crl(made: Issuing) -> None:
    certificate_id = made.issued()["id"]
    made.api.post(f"{CERTIFICATES}/{certificate_id}/revoke", {"reason": "superseded"})
    due = made.read(certificate_id)["revocation"]
    assert (due["state"], due["crl_number"]) == ("due", None)
    assert due["due_by"] == to_wire(made.stack.clock() + timedelta(seconds=60))
    made.stack.clock.advance(timedelta(seconds=3))
    made.pki.publishing().publish_due()
    listed = made.read(certificate_id)["revocation"]
    assert (listed["state"], listed["is_first"], listed["reason"]) == ("published", True, "superseded")
    assert listed["published_at"] == to_wire(made.stack.clock())
    text = crl_text(made, listed["crl_url"])
    assert f"crlNumber=0x{listed['crl_number']:02X}" in text
    assert listed["serial_number"].upper() in text


def test_the_number_stays_that_of_the_first_crl(made: Issuing) -> None:
    certificate_id = made.issued()["id"]
    made.api.post(f"{CERTIFICATES}/{certificate_id}/revoke", {"reason": "certificateHold"})
    made.pki.publishing().publish_due()
    first = made.read(certificate_id)["revocation"]
    made.stack.clock.advance(timedelta(hours=20))
    assert made.pki.publishing().publish_due().published
    assert made.read(certificate_id)["revocation"] == first
