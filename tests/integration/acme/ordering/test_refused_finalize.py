"""What finalize refuses: CSRs, keys, and what the EAB key does not allow any more."""

from dataclasses import replace
from datetime import timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from certctl.crypto.fingerprints import spki_sha256
from certctl.crypto.pem import load_certificate
from certctl.domain.access.permissions import Role
from certctl.domain.access.principals import Grant
from certctl.domain.acme.authorizations import Authorization, AuthorizationStatus
from certctl.domain.acme.callers import caller_of
from certctl.domain.acme.eab_keys import AuthorizationMode
from certctl.domain.acme.orders import Order
from certctl.domain.acme.problems import AcmeProblem, ProblemType
from certctl.domain.acme.statuses import OrderStatus
from certctl.domain.catalog.record_kinds import Kind
from certctl.domain.jobs.statuses import JobStatus
from certctl.domain.policies.profiles import KeyRule
from certctl.domain.policies.subjects import SubjectRule
from certctl.domain.policies.usages import KeyAlgorithm
from certctl.store.access.subjects import SubjectStore
from certctl.store.acme.authorizations import AuthorizationStore
from certctl.store.catalog.records import CatalogStore
from tests.support.acme.orders import (
    NAME,
    AcmeClient,
    client_of,
    csr_for,
    eab_key,
    new_client,
    service_account,
)
from tests.support.catalog.entries import a_profile, store_entry
from tests.support.functions.control_plane import ControlPlane
from tests.support.issuing.csr import new_key
from tests.support.issuing.raw_subjects import COMMON_NAME, ORGANIZATION, UNIT, UTF8, raw_csr
from tests.support.renewal.renewals import narrow_profile

P = ProblemType


def refused(client: AcmeClient, order: Order, csr: bytes | None = None) -> AcmeProblem:
    with pytest.raises(AcmeProblem) as problem:
        client.finalize(order, csr)
    return problem.value


def test_a_csr_with_other_names_is_refused_with_each_of_them(client: AcmeClient) -> None:
    order = client.order("a.example.com", "b.example.com").order
    problem = refused(client, order, csr_for("a.example.com", ["c.example.com", "192.0.2.1"]))
    assert (problem.type, problem.status) == (P.BAD_CSR, 400)
    for name in ("DNS:b.example.com", "DNS:c.example.com", "IP:192.0.2.1"):
        assert name in problem.detail
    assert client.read(order).status is OrderStatus.READY


def test_a_csr_needs_all_names_of_the_order(client: AcmeClient) -> None:
    order = client.order("a.example.com", "b.example.com").order
    assert refused(client, order, csr_for("a.example.com", [])).type is P.BAD_CSR
    assert refused(client, order, csr_for(None, [])).type is P.BAD_CSR


@pytest.mark.parametrize("names", [["a@example.com"], ["spiffe://example.com/x"]])
def test_other_kinds_of_names_are_refused(client: AcmeClient, names: list[str]) -> None:
    assert refused(client, client.order().order, csr_for(NAME, names)).type is P.BAD_CSR


def test_a_csr_may_have_a_common_name_or_none(client: AcmeClient) -> None:
    for common_name in (None, "b.example.com"):
        order = client.order("a.example.com", "b.example.com").order
        csr = csr_for(common_name, ["a.example.com", "b.example.com"])
        assert client.finalize(order, csr).status is OrderStatus.PROCESSING
        client.plane.work()


@pytest.mark.parametrize("csr", [b"", b"x", b"\x30\x03\x02\x01\x01", b"\x30" * 40_000])
def test_what_is_no_csr_is_a_bad_csr(client: AcmeClient, csr: bytes) -> None:
    assert refused(client, client.order().order, csr).type is P.BAD_CSR


def test_a_csr_with_a_weak_key_is_refused(client: AcmeClient) -> None:
    csr = csr_for(NAME, [], new_key("RSA-1024"))
    assert refused(client, client.order().order, csr).type is P.BAD_CSR


def test_a_csr_that_asks_for_must_staple_is_refused_and_one_without_completes_the_order(
    client: AcmeClient,
) -> None:
    """Sent by `certbot --must-staple`, and by mod_md with `MDMustStaple on`."""
    order = client.order().order
    must_staple = x509.TLSFeature([x509.TLSFeatureType.status_request])
    problem = refused(client, order, csr_for(NAME, [], extensions=[must_staple]))
    assert (problem.type, problem.status) == (P.BAD_CSR, 400)
    assert "must-staple" in problem.detail
    assert client.finalize(order, csr_for(NAME, [])).status is OrderStatus.PROCESSING


def test_the_key_of_the_acme_account_is_no_key_of_a_certificate(client: AcmeClient) -> None:
    problem = refused(client, client.order().order, csr_for(NAME, [], client.key))
    assert problem.type is P.BAD_CSR


def test_nor_is_the_key_of_another_acme_account(plane: ControlPlane, client: AcmeClient) -> None:
    other = new_client(plane)
    problem = refused(client, client.order().order, csr_for(NAME, [], other.key))
    assert "ACME account" in problem.detail


def test_compromised_keys_and_those_of_certificates_on_hold_are_refused(client: AcmeClient) -> None:
    plane, compromised, held = client.plane, new_key(), new_key()
    refusing = plane.stores.refused_keys
    plane.pki.database.transact(
        [
            refusing.compromised.add_step(spki_sha256(compromised.public_key())),
            *refusing.held.hold_steps("mc-other", [spki_sha256(held.public_key())]),
        ]
    )
    for key in (compromised, held):
        assert refused(client, client.order().order, csr_for(NAME, [], key)).type is P.BAD_CSR


def test_a_key_that_the_profile_does_not_allow_is_a_bad_csr(plane: ControlPlane) -> None:
    profile = a_profile("rsa", plane.pki.clock(), keys=(KeyRule(KeyAlgorithm.RSA),))
    store_entry(plane.pki.database, profile)
    client = new_client(plane, profile_ids=("rsa",))
    assert refused(client, client.order().order).type is P.BAD_CSR


def test_an_order_keeps_its_mode_and_a_stricter_key_refuses_it(client: AcmeClient) -> None:
    order = client.order().order
    stricter = client.edited(authorization=AuthorizationMode.CHALLENGES)
    assert stricter.read(order).status is OrderStatus.READY
    problem = refused(stricter, order)
    assert (problem.type, problem.status) == (P.UNAUTHORIZED, 403)


def test_names_and_profiles_that_were_taken_from_the_key_refuse_it(client: AcmeClient) -> None:
    order = client.order().order
    assert refused(client.edited(names=("DNS:**.example.org",)), order).type is P.UNAUTHORIZED
    assert refused(client.edited(profile_ids=("mtls",)), order).type is P.UNAUTHORIZED


def test_a_profile_that_was_taken_from_the_team_refuses_orders_of_the_key(client: AcmeClient) -> None:
    """One that was made before is not finalized, and none is made for a certificate that the key has."""
    issued, order = client.issued("a.example.com"), client.order().order
    narrow_profile(client.plane, "server", "t-other")

    with pytest.raises(AcmeProblem) as again:
        client.order("a.example.com")

    for problem in (refused(client, order), again.value):
        assert problem.detail == "the profile server is not for the team t-default"
    client.plane.work()
    assert client.read(order).order.certificate_id is None
    assert len(client.plane.stores.certificates.versions(client.record(issued).id, 10, None).versions) == 1


def test_wildcards_that_the_key_does_not_allow_any_more_refuse_it(plane: ControlPlane) -> None:
    client = new_client(plane, wildcards=True)
    order = client.order("*.example.com").order
    assert refused(client.edited(wildcards=False), order).type is P.UNAUTHORIZED


def test_a_pending_order_is_not_ready(plane: ControlPlane) -> None:
    client = new_client(plane, authorization=AuthorizationMode.CHALLENGES)
    assert refused(client, client.order().order).type is P.ORDER_NOT_READY


def validated(client: AcmeClient, found: Authorization, status: AuthorizationStatus) -> None:
    step = AuthorizationStore(client.plane.pki.database).replace_step(found, replace(found, status=status))
    client.plane.pki.database.write(step)


def test_an_order_is_ready_once_all_of_its_authorizations_are_valid(plane: ControlPlane) -> None:
    client = new_client(plane, authorization=AuthorizationMode.CHALLENGES)
    view = client.order("a.example.com", "b.example.com")
    for each in view.authorizations:
        assert client.read(view.order).status is OrderStatus.PENDING
        validated(client, each, AuthorizationStatus.VALID)
    assert client.read(view.order).status is OrderStatus.READY
    assert client.finalize(view.order).status is OrderStatus.PROCESSING


@pytest.mark.parametrize("status", [AuthorizationStatus.INVALID, AuthorizationStatus.DEACTIVATED])
def test_one_authorization_that_fails_ends_the_order(
    plane: ControlPlane, status: AuthorizationStatus
) -> None:
    client = new_client(plane, authorization=AuthorizationMode.CHALLENGES)
    view = client.order("a.example.com", "b.example.com")
    validated(client, view.authorizations[1], status)
    read = client.read(view.order)
    assert read.status is OrderStatus.INVALID
    assert read.problem
    assert refused(client, view.order).type is P.ORDER_NOT_READY


def test_a_service_account_has_so_many_certificates_a_day(plane: ControlPlane) -> None:
    subject = service_account(plane, issues_per_day=1)
    client = client_of(plane, eab_key(plane, subject), subject)
    client.issued()
    problem = refused(client, client.order("b.example.com").order)
    assert (problem.type, problem.status) == (P.RATE_LIMITED, 429)
    assert "a day" in problem.detail
    assert problem.retry_after
    assert problem.retry_after <= 600


def disable(plane: ControlPlane, client: AcmeClient) -> None:
    subjects = SubjectStore(plane.pki.database)
    subject = subjects.get(client.caller.account.service_account_id.rpartition("-")[2])
    assert subject
    plane.pki.database.write(subjects.put_step(replace(subject, enabled=False)))


def test_nothing_is_signed_for_a_service_account_that_was_disabled(
    plane: ControlPlane, client: AcmeClient
) -> None:
    order = client.finalized()
    disable(plane, client)
    plane.work()
    view = client.read(order)
    assert view.status is OrderStatus.INVALID
    assert view.problem
    assert str(order.job_id) in view.problem.detail
    assert "disabled" not in view.problem.detail


def test_an_order_whose_profile_comes_to_need_approval_is_cancelled(plane: ControlPlane) -> None:
    now, database = plane.pki.clock(), plane.pki.database
    store_entry(database, a_profile("own", now))
    client = new_client(plane, profile_ids=("own",))
    order = client.finalized()
    catalog = CatalogStore(database)
    before = catalog.get(Kind.PROFILE, "own")
    assert before
    stricter = replace(before.content, requires_approval=True)
    database.transact(catalog.replace_steps(before, replace(before, content=stricter, revision=2)))
    plane.pki.clock.advance(timedelta(minutes=2))
    plane.work()
    assert order.job_id
    assert plane.job(order.job_id).status is JobStatus.AWAITING_APPROVAL
    for _ in range(2):
        view = client.read(order)
        assert view.status is OrderStatus.INVALID
        assert view.problem
        assert view.problem.type is P.UNAUTHORIZED
    assert plane.job(order.job_id).status is JobStatus.CANCELLED
    assert client.record(order).open_job_id is None
    assert refused(client, client.stored(order)).type is P.ORDER_NOT_READY


def test_a_service_account_that_may_only_read_by_now_finishes_no_order(plane: ControlPlane) -> None:
    subject = service_account(plane)
    client = client_of(plane, eab_key(plane, subject), subject)
    order = client.order().order
    viewer = replace(subject, grants=(Grant(Role.VIEWER, ("*",)),))
    caller = caller_of(client.caller.account, client.caller.eab_key, viewer)
    assert refused(replace(client, caller=caller), order).type is P.UNAUTHORIZED


def test_a_subject_is_fixed_by_the_profile_and_a_csr_may_leave_it_out_but_not_differ(
    plane: ControlPlane,
) -> None:
    rules = {"O": SubjectRule(fixed="Example GmbH"), "OU": SubjectRule(allowed="*")}
    profile = a_profile("people", plane.pki.clock(), subject=rules, teams=("t-default",))
    store_entry(plane.pki.database, profile)
    client = new_client(plane, profile_ids=("people",))
    name = [(COMMON_NAME, UTF8, NAME.encode())]

    for oid, said in ((ORGANIZATION, b"system:masters"), (UNIT, b"Web")):
        problem = refused(client, client.order().order, _der(raw_csr(name, [(oid, UTF8, said)])))
        assert problem.type is P.BAD_CSR
        assert "in the request" in problem.detail
    issued = client.issued(NAME)

    record = client.record(issued)
    pem = plane.stores.certificates.pem(record.id, str(record.serial_number))
    assert pem is not None
    assert load_certificate(pem.certificate_pem).subject.rfc4514_string() == f"CN={NAME},O=Example GmbH"


def _der(pem: str) -> bytes:
    return x509.load_pem_x509_csr(pem.encode()).public_bytes(Encoding.DER)
