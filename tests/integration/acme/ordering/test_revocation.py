"""revokeCert, with the permissions of acme_api."""

from datetime import timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding

from certctl.crypto.fingerprints import spki_sha256
from certctl.domain.acme.eab_keys import AuthorizationMode
from certctl.domain.acme.problems import AcmeProblem, ProblemType
from certctl.domain.certificates.statuses import Lifecycle
from certctl.domain.revocation.requests import RevocationRequest
from tests.support.acme.orders import (
    NAME,
    AcmeClient,
    client_of,
    csr_for,
    eab_key,
    new_client,
    service_account,
)
from tests.support.catalog.entries import store_teams
from tests.support.functions.control_plane import ADMIN, ControlPlane
from tests.support.issuing.csr import new_key
from tests.support.revocation.bulk import events_of


def type_of(act: object, *arguments: object) -> ProblemType:
    with pytest.raises(AcmeProblem) as refused:
        act(*arguments)  # type: ignore[operator] # a function
    return refused.value.type


def marks(client: AcmeClient, certificate_id: str) -> dict[str, str]:
    """Reasons of revoked serials."""
    plane = client.plane
    versions = plane.stores.certificates.unexpired_versions(certificate_id, plane.pki.clock())
    return {serial: mark.reason for serial, mark in plane.stores.marks_of(versions).items()}


def test_the_last_certificate_ends_its_record(client: AcmeClient) -> None:
    order = client.issued()
    client.revoke(client.der(order), 4)
    record = client.record(order)
    assert (record.lifecycle, record.revocation_reason) == (Lifecycle.REVOKED, "superseded")
    assert list(marks(client, record.id).values()) == ["superseded"]
    [event] = events_of(client.plane, "certificate", record.id, "certificate_revoked")
    assert event["details"]["acme_account_id"] == client.caller.account.id


def test_other_certificates_of_the_record_live_on(client: AcmeClient) -> None:
    first, second = client.issued(), client.issued()
    client.revoke(client.der(first))
    record = client.record(second)
    assert record.lifecycle is Lifecycle.ACTIVE
    assert list(marks(client, record.id).values()) == ["unspecified"]


def test_a_record_lives_on_while_its_next_certificate_is_issued(client: AcmeClient) -> None:
    der = client.der(client.issued())
    order = client.finalized()
    client.revoke(der)
    client.plane.work()
    assert client.record(order).lifecycle is Lifecycle.ACTIVE


def test_the_next_order_after_the_end_of_a_record_makes_a_new_one(client: AcmeClient) -> None:
    first = client.issued()
    client.revoke(client.der(first))
    second = client.issued()
    assert second.certificate_id != first.certificate_id
    assert client.record(second).lifecycle is Lifecycle.ACTIVE


@pytest.mark.parametrize("reason", [2, 6, 7, 8, 10, -1, True])
def test_other_reasons_are_refused_with_those_that_are_accepted(client: AcmeClient, reason: int) -> None:
    with pytest.raises(AcmeProblem, match=r"0 .*1 .*3 .*4 .*5 .*9 ") as refused:
        client.revoke(client.der(client.issued()), reason)
    assert refused.value.type is ProblemType.BAD_REVOCATION_REASON


@pytest.mark.parametrize("again", [0, 4, None])
def test_what_is_revoked_is_not_revoked_again(client: AcmeClient, again: int | None) -> None:
    der = client.der(client.issued())
    client.revoke(der)
    assert type_of(client.revoke, der, again) is ProblemType.ALREADY_REVOKED


def test_what_is_revoked_may_still_become_a_compromised_key_once(client: AcmeClient) -> None:
    order = client.issued()
    der = client.der(order)
    client.revoke(der)
    client.revoke(der, 1)
    assert list(marks(client, client.record(order).id).values()) == ["keyCompromise"]
    assert type_of(client.revoke, der, 1) is ProblemType.ALREADY_REVOKED


def test_the_account_that_ordered_revokes_for_a_compromise_and_blocks_no_key(client: AcmeClient) -> None:
    key = new_key()
    order = client.issued(csr=csr_for(NAME, [NAME], key))
    client.revoke(client.der(order), 1)
    assert list(marks(client, client.record(order).id).values()) == ["keyCompromise"]
    [event] = events_of(client.plane, "certificate", client.record(order).id, "certificate_revoked")
    assert "refused_keys" not in event["details"]
    client.issued(csr=csr_for(NAME, [NAME], key))


@pytest.mark.parametrize("are_others", [False, True])
def test_the_key_is_blocked_once_its_holder_signs_for_the_compromise_too(
    client: AcmeClient, are_others: bool
) -> None:
    key = new_key()
    if are_others:
        client.issued()
    order = client.issued(csr=csr_for(NAME, [NAME], key))
    der, spki = client.der(order), spki_sha256(key.public_key())
    client.revoke(der, 1)
    client.revocations.by_key(spki, der, 1)
    assert client.plane.stores.refused_keys.compromised.contains(spki)
    assert type_of(client.revocations.by_key, spki, der, 1) is ProblemType.ALREADY_REVOKED
    csr = csr_for(NAME, [NAME], key)
    assert type_of(client.finalize, client.order().order, csr) is ProblemType.BAD_CSR


def test_an_operator_blocks_the_key_by_revoking_for_the_compromise_again(client: AcmeClient) -> None:
    key = new_key()
    order = client.issued(csr=csr_for(NAME, [NAME], key))
    client.revoke(client.der(order), 1)
    wanted, record = RevocationRequest("keyCompromise"), client.record(order)
    for _ in range(2):
        refused = client.plane.revoking.revoke(ADMIN, record.id, wanted).refused_keys
        assert refused == (spki_sha256(key.public_key()),)
    events = events_of(client.plane, "certificate", record.id, "certificate_revoked")
    assert len(events) == 2


@pytest.mark.parametrize("reason", [None, 0, 5])
def test_another_account_of_the_trusted_eab_key_may_revoke(
    plane: ControlPlane, client: AcmeClient, reason: int | None
) -> None:
    other = client_of(plane, client.caller.eab_key, service_account(plane))
    order = client.issued()
    other.revoke(client.der(order), reason)
    assert client.record(order).lifecycle is Lifecycle.REVOKED


@pytest.mark.parametrize("reason", [1, 3, 4, 9])
def test_who_only_controls_the_names_revokes_for_no_reason_of_the_owner(
    plane: ControlPlane, client: AcmeClient, reason: int
) -> None:
    sibling = client_of(plane, client.caller.eab_key, service_account(plane))
    prover = new_client(plane)
    prover.order(NAME)
    key = new_key()
    order = client.issued(csr=csr_for(NAME, [NAME], key))
    for other in (sibling, prover):
        with pytest.raises(AcmeProblem, match=r"0 \(unspecified\), 5 \(cessationOfOperation\)") as refused:
            other.revoke(client.der(order), reason)
        assert refused.value.type is ProblemType.BAD_REVOCATION_REASON
    assert client.record(order).lifecycle is Lifecycle.ACTIVE
    assert not plane.stores.refused_keys.compromised.contains(spki_sha256(key.public_key()))
    client.issued(csr=csr_for(NAME, [NAME], key))
    assert type_of(new_client(plane).revoke, client.der(order), reason) is ProblemType.UNAUTHORIZED


def test_with_challenges_only_the_account_that_ordered_may_revoke(
    plane: ControlPlane, client: AcmeClient
) -> None:
    order = client.issued()
    der = client.der(order)
    stricter = client.edited(authorization=AuthorizationMode.CHALLENGES)
    other = client_of(plane, stricter.caller.eab_key, service_account(plane))
    assert type_of(other.revoke, der) is ProblemType.UNAUTHORIZED
    stricter.revoke(der)
    assert client.record(order).lifecycle is Lifecycle.REVOKED


def test_valid_authorizations_for_all_names_suffice(plane: ControlPlane, client: AcmeClient) -> None:
    order = client.issued("a.example.com", "b.example.com")
    other = new_client(plane)
    other.order("a.example.com")
    assert type_of(other.revoke, client.der(order)) is ProblemType.UNAUTHORIZED
    other.order("b.example.com", "c.example.com")
    other.revoke(client.der(order))
    assert client.record(order).lifecycle is Lifecycle.REVOKED


def test_authorizations_of_expired_orders_do_not_count(plane: ControlPlane, client: AcmeClient) -> None:
    other = new_client(plane)
    other.order(NAME)
    plane.pki.clock.advance(timedelta(days=8))
    der = client.der(client.issued(NAME))
    assert type_of(other.revoke, der) is ProblemType.UNAUTHORIZED


def test_nobody_revokes_in_a_team_without_a_role_there(plane: ControlPlane, client: AcmeClient) -> None:
    store_teams(plane.pki.database, plane.pki.clock(), "t-web")
    subject = service_account(plane, ["t-web"])
    other = client_of(plane, eab_key(plane, subject, team_id="t-web"), subject)
    order = client.issued()
    other.order()
    assert type_of(other.revoke, client.der(order)) is ProblemType.UNAUTHORIZED
    assert client.record(order).lifecycle is Lifecycle.ACTIVE


def test_a_revoked_eab_key_leaves_the_right_to_revoke(client: AcmeClient) -> None:
    order = client.issued()
    revoked = client.edited(revoked_at=client.plane.pki.clock())
    revoked.revoke(client.der(order))
    assert client.record(order).lifecycle is Lifecycle.REVOKED


def test_the_holder_of_its_key_revokes_any_certificate(client: AcmeClient) -> None:
    plane, key = client.plane, new_key()
    issued = plane.issued("other.example.org", csr_pem=pem_of(csr_for("other.example.org", [], key)))
    assert issued.serial_number
    pem = plane.stores.certificates.pem(issued.id, issued.serial_number)
    assert pem
    der = x509.load_pem_x509_certificate(pem.certificate_pem.encode()).public_bytes(Encoding.DER)
    spki = spki_sha256(key.public_key())
    assert type_of(client.revocations.by_key, "0" * 64, der, 1) is ProblemType.UNAUTHORIZED
    client.revocations.by_key(spki, der, 1)
    assert list(marks(client, issued.id).values()) == ["keyCompromise"]
    assert plane.certificate(issued.id).lifecycle is Lifecycle.ACTIVE
    [event] = events_of(plane, "certificate", issued.id, "certificate_version_revoked")
    assert (event["actor"], event["details"]["key_sha256"]) == ("system/acme_api", spki)


def pem_of(csr: bytes) -> str:
    return x509.load_der_x509_csr(csr).public_bytes(Encoding.PEM).decode()


def test_a_forged_certificate_finds_nothing(client: AcmeClient) -> None:
    leaf = x509.load_der_x509_certificate(client.der(client.issued()))
    key = new_key()
    builder = x509.CertificateBuilder(
        leaf.issuer,
        leaf.subject,
        key.public_key(),
        leaf.serial_number,
        leaf.not_valid_before_utc,
        leaf.not_valid_after_utc,
        list(leaf.extensions),
    )
    forged = builder.sign(key, hashes.SHA256()).public_bytes(Encoding.DER)
    spki = spki_sha256(key.public_key())
    assert type_of(client.revocations.by_key, spki, forged, 1) is ProblemType.MALFORMED
    assert type_of(client.revoke, forged) is ProblemType.MALFORMED
    assert type_of(client.revoke, b"nothing") is ProblemType.MALFORMED


def test_an_expired_certificate_is_not_revoked(client: AcmeClient) -> None:
    der = client.der(client.issued())
    client.plane.pki.clock.advance(timedelta(days=201))
    assert type_of(client.revoke, der) is ProblemType.MALFORMED


def test_a_record_that_is_revoked_already_says_so(client: AcmeClient) -> None:
    order = client.issued()
    der = client.der(order)
    client.plane.revoking.revoke(ADMIN, client.record(order).id, RevocationRequest("superseded"))
    assert type_of(client.revoke, der, 4) is ProblemType.ALREADY_REVOKED
