"""From newOrder to the certificate, with the permissions of acme_api and signing_worker."""

from datetime import timedelta

import pytest
from cryptography import x509

from certctl.crypto.pem import load_certificates
from certctl.domain.acme.attempts import answered, attempted
from certctl.domain.acme.challenges import Validated
from certctl.domain.acme.eab_keys import AuthorizationMode, ChallengeType
from certctl.domain.acme.problems import AcmeProblem, ProblemType
from certctl.domain.acme.statuses import AccountStatus, OrderStatus
from certctl.domain.certificates.acme import AcmeOrigin
from certctl.domain.certificates.statuses import Lifecycle
from certctl.domain.jobs.statuses import JobType
from certctl.domain.times import to_wire
from certctl.store.acme.accounts import AcmeAccountStore
from certctl.store.acme.authorizations import AuthorizationStore
from tests.support.acme.orders import (
    NAME,
    AcmeClient,
    client_of,
    csr_for,
    eab_key,
    new_client,
    service_account,
)
from tests.support.functions.control_plane import ControlPlane
from tests.support.issuing.csr import new_key
from tests.support.revocation.bulk import events_of


def names_of(pem: str) -> list[str]:
    leaf, *_ = load_certificates(pem)
    sans = leaf.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    return [str(each.value) for each in sans]


def test_a_trusted_order_is_ready_at_once(client: AcmeClient) -> None:
    view = client.order()
    assert (view.status, view.authorizations) == (OrderStatus.READY, ())


def test_an_order_becomes_a_certificate(client: AcmeClient) -> None:
    order = client.order("www.example.com", "api.example.com", "192.0.2.7").order
    view = client.finalize(order)
    assert (view.status, view.retry_after) == (OrderStatus.PROCESSING, 1)
    client.plane.work()
    assert client.read(order).status is OrderStatus.VALID
    pem = client.download(order)
    assert names_of(pem) == ["www.example.com", "api.example.com", "192.0.2.7"]
    leaf, issuer = load_certificates(pem)
    leaf.verify_directly_issued_by(issuer)
    assert client.plane.privileges.refused == []


def test_its_record_has_the_fields_of_the_eab_key_and_knows_its_client(plane: ControlPlane) -> None:
    client = new_client(plane, environment="production", tags={"cost": "42"})
    record = client.record(client.issued("www.example.com"))
    assert (record.lifecycle, record.environment, record.tags) == (
        Lifecycle.ACTIVE,
        "production",
        {"cost": "42"},
    )
    assert record.acme == AcmeOrigin(client.caller.account.id, client.caller.eab_key.id)


def test_its_event_names_the_service_account_the_acme_account_and_the_order(client: AcmeClient) -> None:
    order = client.finalized()
    assert order.certificate_id
    [event] = events_of(client.plane, "certificate", order.certificate_id, "certificate_created")
    details = event["details"]
    assert event["actor"] == client.caller.account.service_account_id
    assert (details["acme_account_id"], details["acme_order_id"]) == (order.account_id, order.id)
    assert (details["authorization"], details["validations"]) == ("trusted", [])
    assert details["eab_key_id"] == client.caller.eab_key.id


def test_its_event_says_how_each_name_was_proven(plane: ControlPlane) -> None:
    client = new_client(plane, authorization=AuthorizationMode.CHALLENGES)
    view = client.order(NAME)
    store = AuthorizationStore(plane.pki.database)
    for each in view.authorizations:
        seen = answered(each, ChallengeType.HTTP_01, "thumbprint", "https://acme.example", plane.pki.clock())
        proven = attempted(seen, Validated(("192.0.2.7",)), plane.pki.clock())
        plane.pki.database.write(store.replace_step(each, proven))
    client.finalize(view.order)
    certificate_id = client.read(view.order).order.certificate_id
    assert certificate_id
    [event] = events_of(plane, "certificate", certificate_id, "certificate_created")
    assert event["details"]["authorization"] == "challenges"
    assert event["details"]["validations"] == [
        {
            "identifier": NAME,
            "method": "http-01",
            "validated_at": to_wire(plane.pki.clock()),
            "addresses": ["192.0.2.7"],
        }
    ]


def test_the_next_order_for_the_same_names_renews_the_record(client: AcmeClient) -> None:
    first = client.issued("www.example.com", "api.example.com")
    second = client.issued("api.example.com", "www.example.com")
    assert second.certificate_id == first.certificate_id
    assert second.job_id
    assert client.plane.job(second.job_id).type is JobType.RENEWAL
    assert client.download(first) != client.download(second)


def test_a_new_acme_account_of_the_eab_key_renews_the_same_record(plane: ControlPlane) -> None:
    first = new_client(plane)
    subject = service_account(plane)
    other = client_of(plane, first.caller.eab_key, subject)
    one, two = first.issued(), other.issued()
    assert one.certificate_id == two.certificate_id
    assert other.record(two).acme == AcmeOrigin(other.caller.account.id, first.caller.eab_key.id)


def test_other_names_are_another_record(client: AcmeClient) -> None:
    assert client.issued("a.example.com").certificate_id != client.issued("b.example.com").certificate_id


def test_the_same_csr_again_is_the_same_answer(client: AcmeClient) -> None:
    order = client.order().order
    csr = csr_for(NAME, [NAME])
    first, second = client.finalize(order, csr), client.finalize(order, csr)
    assert (second.order.job_id, second.order.certificate_id) == (
        first.order.job_id,
        first.order.certificate_id,
    )
    client.plane.work()
    assert client.finalize(order, csr).status is OrderStatus.VALID


def test_another_csr_is_refused_once_an_order_is_finalized(client: AcmeClient) -> None:
    order = client.finalized()
    with pytest.raises(AcmeProblem) as refused:
        client.finalize(order)
    assert (refused.value.type, refused.value.status) == (ProblemType.ORDER_NOT_READY, 403)


def test_a_key_may_come_again_for_the_same_names(client: AcmeClient) -> None:
    csr = csr_for(NAME, [NAME], new_key())
    assert client.issued(csr=csr).certificate_id == client.issued(csr=csr).certificate_id


def test_another_acme_account_does_not_find_the_order(plane: ControlPlane, client: AcmeClient) -> None:
    order, other = client.order().order, new_client(plane)
    with pytest.raises(AcmeProblem) as refused:
        other.read(order)
    assert refused.value.status == 404


def test_an_order_expires(client: AcmeClient) -> None:
    order = client.order().order
    client.plane.pki.clock.advance(timedelta(days=8))
    view = client.read(order)
    assert view.status is OrderStatus.INVALID
    assert view.problem
    with pytest.raises(AcmeProblem, match="expired"):
        client.finalize(order)


def test_polling_slows_down_after_15_seconds(client: AcmeClient) -> None:
    order = client.finalized()
    assert client.read(order).retry_after == 1
    client.plane.pki.clock.advance(timedelta(seconds=16))
    assert client.read(order).retry_after == 5


def test_polling_nudges_a_job_whose_nudge_was_lost(client: AcmeClient) -> None:
    order = client.finalized()
    client.plane.job_nudges.clear()
    client.read(order)
    assert client.plane.job_nudges == []
    client.plane.pki.clock.advance(timedelta(seconds=3))
    client.read(order)
    client.plane.work()
    assert client.read(order).status is OrderStatus.VALID


def test_there_is_no_certificate_before_it_is_issued(client: AcmeClient) -> None:
    with pytest.raises(AcmeProblem) as refused:
        client.download(client.finalized())
    assert refused.value.type is ProblemType.ORDER_NOT_READY


def test_the_first_download_is_recorded_once(client: AcmeClient) -> None:
    order = client.issued()
    client.download(order)
    first = client.stored(order).downloaded_at
    client.plane.pki.clock.advance(timedelta(hours=1))
    client.download(order)
    assert first is not None
    assert client.stored(order).downloaded_at == first


def test_nothing_is_ordered_with_a_revoked_eab_key(client: AcmeClient) -> None:
    order = client.order().order
    revoked = client.edited(revoked_at=client.plane.pki.clock())
    with pytest.raises(AcmeProblem, match="was revoked"):
        revoked.order()
    with pytest.raises(AcmeProblem, match="was revoked") as refused:
        revoked.finalize(order)
    assert refused.value.type is ProblemType.UNAUTHORIZED


def test_an_acme_account_that_ends_meanwhile_orders_nothing(client: AcmeClient) -> None:
    account, database = client.caller.account, client.plane.pki.database
    ended = account.ended(AccountStatus.DEACTIVATED, client.plane.pki.clock())
    database.write(AcmeAccountStore(database).replace_step(account, ended))
    with pytest.raises(AcmeProblem) as refused:
        client.order()
    assert refused.value.status == 401


def test_80_names_become_one_certificate_and_its_renewal(plane: ControlPlane) -> None:
    subject = service_account(plane, issues_per_day=5)
    client = client_of(plane, eab_key(plane, subject), subject)
    names = [f"n{n}.long-label-of-a-name.example.com" for n in range(80)]
    for _ in range(2):
        order = client.issued(*names)
        assert client.read(order).status is OrderStatus.VALID
        assert names_of(client.download(order)) == names
