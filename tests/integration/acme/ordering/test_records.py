"""Which record an order renews, and what becomes of its jobs and versions (ADR 76)."""

from dataclasses import replace
from datetime import timedelta

import pytest
from cryptography import x509

from certctl.crypto.acme.cert_ids import cert_id_of
from certctl.domain.acme.eab_keys import RecordScope
from certctl.domain.acme.orders import Order
from certctl.domain.acme.problems import AcmeProblem, ProblemType
from certctl.domain.acme.statuses import OrderStatus
from certctl.domain.certificates.requests import CertificateEdit
from certctl.domain.certificates.statuses import Lifecycle
from certctl.domain.certificates.versions import MAX_UNEXPIRED_VERSIONS
from certctl.domain.errors import Unavailable
from certctl.domain.jobs.statuses import JobStatus
from certctl.store.jobs.items import JobItem
from certctl.store.writes import update
from tests.support.acme.orders import AcmeClient, client_of, eab_key, new_client, service_account
from tests.support.catalog.entries import store_teams
from tests.support.functions.control_plane import ADMIN, ControlPlane
from tests.support.revocation.bulk import events_of

P = ProblemType


def another(client: AcmeClient) -> AcmeClient:
    """Another ACME account of the EAB key."""
    return client_of(client.plane, client.caller.eab_key, service_account(client.plane))


def job_status(client: AcmeClient, order: Order) -> JobStatus:
    assert order.job_id
    return client.plane.job(order.job_id).status


def test_the_newest_csr_of_an_account_supersedes_a_job_that_nobody_holds(client: AcmeClient) -> None:
    first = client.finalized()
    second = client.finalized()
    assert job_status(client, first) is JobStatus.CANCELLED
    client.plane.work()
    assert client.read(second).status is OrderStatus.VALID
    view = client.read(first)
    assert view.status is OrderStatus.INVALID
    assert view.problem
    assert view.problem.type is P.UNAUTHORIZED
    assert len(events_of(client.plane, "job", first.job_id or "", "job_cancelled")) == 1


def test_the_job_of_another_account_is_awaited(client: AcmeClient) -> None:
    other = another(client)
    first = client.finalized()
    other.on_pause = client.plane.work
    second = other.finalized()
    client.plane.work()
    assert other.pauses == [0.5]
    assert {client.read(first).status, other.read(second).status} == {OrderStatus.VALID}
    assert first.certificate_id == second.certificate_id


def test_after_eight_seconds_a_client_is_asked_to_try_again(client: AcmeClient) -> None:
    other = another(client)
    first = client.finalized()
    order = other.order().order
    with pytest.raises(AcmeProblem) as busy:
        other.finalize(order)
    assert (busy.value.status, busy.value.retry_after) == (503, 3)
    assert sum(other.pauses) == 8
    assert job_status(client, first) is JobStatus.PENDING
    client.plane.work()
    assert other.finalize(order).status is OrderStatus.PROCESSING


def test_a_job_that_a_worker_holds_is_awaited_also_by_its_own_account(client: AcmeClient) -> None:
    first = client.finalized()
    hold(client, first, timedelta(minutes=1))
    order = client.order().order
    with pytest.raises(AcmeProblem) as busy:
        client.finalize(order)
    assert busy.value.status == 503
    assert job_status(client, first) is JobStatus.RUNNING


def test_a_job_whose_worker_is_lost_is_superseded(client: AcmeClient) -> None:
    first = client.finalized()
    hold(client, first, timedelta(seconds=30))
    client.plane.pki.clock.advance(timedelta(seconds=31))
    second = client.finalized()
    client.plane.work()
    assert job_status(client, first) is JobStatus.CANCELLED
    assert client.read(second).status is OrderStatus.VALID


def hold(client: AcmeClient, order: Order, lease: timedelta) -> None:
    assert order.job_id
    claim, _ = client.plane.stores.jobs.claim(order.job_id, client.plane.pki.clock(), lease)
    assert claim


def test_archived_and_revoked_records_are_left(client: AcmeClient) -> None:
    first = client.issued()
    client.plane.certificates.archive(ADMIN, client.record(first).id, keep_valid=True)
    second = client.issued()
    client.plane.revoked(client.record(second).id)
    third = client.issued()
    assert len({first.certificate_id, second.certificate_id, third.certificate_id}) == 3
    assert client.issued().certificate_id == third.certificate_id


def test_a_record_of_another_profile_is_another_one(plane: ControlPlane) -> None:
    client = new_client(plane, profile_ids=("server", "mtls"))
    assert client.issued().certificate_id != client.issued(profile="mtls").certificate_id


def test_a_key_can_have_a_record_for_each_account(plane: ControlPlane) -> None:
    client = new_client(plane, records=RecordScope.PER_ACCOUNT)
    other = another(client)
    mine, theirs = client.issued(), other.issued()
    assert mine.certificate_id != theirs.certificate_id
    assert client.issued().certificate_id == mine.certificate_id


def test_another_issuer_of_the_key_makes_a_new_record_and_archives_the_old_one(client: AcmeClient) -> None:
    first = client.issued()
    record = client.record(first)
    foreign = replace(record, issuer_id="iss-before", revision=record.revision + 1)
    client.plane.pki.database.transact([client.plane.stores.certificates.save_step(record, foreign)])
    second = client.issued()
    assert client.record(first).lifecycle is Lifecycle.ARCHIVED
    assert client.record(second).lifecycle is Lifecycle.ACTIVE


def test_a_record_that_was_moved_beyond_reach_takes_no_orders(plane: ControlPlane) -> None:
    store_teams(plane.pki.database, plane.pki.clock(), "t-web", "t-pay")
    subject = service_account(plane, ["t-web"])
    client = client_of(plane, eab_key(plane, subject, team_id="t-web"), subject)
    order = client.issued()
    plane.certificates.edit(ADMIN, client.record(order).id, CertificateEdit(team_id="t-pay"))
    with pytest.raises(AcmeProblem) as refused:
        client.order()
    assert refused.value.type is P.UNAUTHORIZED


def full(client: AcmeClient) -> Order:
    """30 unexpired versions."""
    orders = [client.issued() for _ in range(MAX_UNEXPIRED_VERSIONS)]
    assert len({each.certificate_id for each in orders}) == 1
    return orders[-1]


def test_at_30_versions_a_young_record_is_rate_limited_and_an_older_one_is_left(client: AcmeClient) -> None:
    last = full(client)
    order = client.order().order
    with pytest.raises(AcmeProblem) as limited:
        client.finalize(order)
    assert (limited.value.type, limited.value.status) == (P.RATE_LIMITED, 429)
    assert limited.value.retry_after
    assert limited.value.retry_after <= 600
    client.plane.pki.clock.advance(timedelta(days=1))
    client.finalize(order)
    client.plane.work()
    assert client.read(order).status is OrderStatus.VALID
    left, new = client.record(last), client.record(client.stored(order))
    assert (left.lifecycle, new.lifecycle) == (Lifecycle.ARCHIVED, Lifecycle.ACTIVE)
    versions = client.plane.stores.certificates.unexpired_versions(left.id, client.plane.pki.clock())
    assert client.plane.stores.marks_of(versions) == {}
    [event] = events_of(client.plane, "certificate", left.id, "certificate_archived")
    assert event["details"]["acme_order_id"] == order.id
    assert client.issued().certificate_id == new.id


def test_failed_attempts_are_repeated_after_3_6_and_12_seconds(client: AcmeClient) -> None:
    order = client.finalized()
    assert order.job_id
    job = client.plane.job(order.job_id)
    schedule = job.retry_schedule
    assert [schedule.wait_after(n) for n in range(3)] == [3, 6, 12]
    assert [schedule.is_spent(n) for n in range(4)] == [False, False, False, True]


def test_a_failed_order_is_invalid_and_the_next_one_tries_again(client: AcmeClient) -> None:
    order = client.finalized()
    assert order.job_id
    failed = [JobItem.max_attempts.set(1)]
    client.plane.pki.database.write(update(JobItem(order.job_id), failed))
    broken = client.plane.signing(key_of=_no_key)
    client.plane.work(broken)
    view = client.read(order)
    assert view.status is OrderStatus.INVALID
    assert view.problem
    assert "secret" not in view.problem.detail
    assert client.issued().certificate_id == order.certificate_id


def _no_key(*_: object) -> object:
    raise Unavailable("secret")


def test_an_order_that_replaces_one_with_other_names_archives_its_record_at_the_download(
    client: AcmeClient,
) -> None:
    first = client.issued("a.example.com")
    second = client.issued("a.example.com", "b.example.com", replaces=cert_id(client, first))
    assert client.record(first).lifecycle is Lifecycle.ACTIVE
    client.download(second)
    left = client.record(first)
    assert left.lifecycle is Lifecycle.ARCHIVED
    versions = client.plane.stores.certificates.unexpired_versions(left.id, client.plane.pki.clock())
    assert client.plane.stores.marks_of(versions) == {}
    assert client.record(second).lifecycle is Lifecycle.ACTIVE


def test_an_order_that_replaces_one_with_the_same_names_archives_nothing(client: AcmeClient) -> None:
    first = client.issued()
    second = client.issued(replaces=cert_id(client, first))
    client.download(second)
    assert client.record(second).lifecycle is Lifecycle.ACTIVE


def test_only_records_of_the_same_eab_key_that_share_a_name_are_replaced(
    plane: ControlPlane, client: AcmeClient
) -> None:
    other = new_client(plane)
    theirs = other.issued("a.example.com")
    mine = client.issued("c.example.com")
    for named in (cert_id(other, theirs), cert_id(client, mine), "aYhba4dGQEHhs3uEe6CuLN4ByNQ.AIdlQyE"):
        client.download(client.issued("a.example.com", "b.example.com", replaces=named))
    assert other.record(theirs).lifecycle is Lifecycle.ACTIVE
    assert client.record(mine).lifecycle is Lifecycle.ACTIVE


def cert_id(client: AcmeClient, order: Order) -> str:
    return str(cert_id_of(x509.load_der_x509_certificate(client.der(order))))
