"""Certificates of ACME clients, and a client that renews one: what an order does once it is finalized."""

from dataclasses import replace
from datetime import timedelta

from certctl.domain.acme.accounts import AcmeAccount
from certctl.domain.certificates.acme import AcmeOrigin
from certctl.domain.certificates.certificates import Certificate
from certctl.domain.certificates.statuses import RenewalState
from certctl.domain.jobs.approvals import Requester
from certctl.domain.jobs.new_jobs import JobRules, requested_job
from certctl.domain.jobs.statuses import JobType
from certctl.store.acme.accounts import AcmeAccountStore
from tests.support.aws.least_privilege import unconfined
from tests.support.functions.control_plane import ADMIN, ControlPlane
from tests.support.issuing.csr import csr_pem, new_key

CLIENT = AcmeOrigin("acct-01kav3q4s00000000000000001", "eab-01kav3q4s00000000000000002")


def add_account(plane: ControlPlane, origin: AcmeOrigin = CLIENT) -> AcmeAccount:
    """The ACME account of the client, seen now."""
    now = plane.pki.clock()
    service_account = "sa-01kav3q4s00000000000000003"
    account = AcmeAccount(
        origin.account_id, origin.eab_key_id, service_account, "t-default", "thumb", {"kty": "EC"}, now, now
    )
    store = AcmeAccountStore(plane.pki.database)
    with unconfined():
        plane.pki.database.transact(store.create_steps(replace(account, last_seen_at=now)))
    return account


def issued_to_client(
    plane: ControlPlane, common_name: str = "www.example.com", **fields: object
) -> Certificate:
    """A certificate that an ACME client has ordered."""
    issued = plane.issued(common_name, **fields)
    with unconfined():
        ordered = issued.with_changes(plane.pki.clock(), acme=CLIENT)
        plane.pki.database.transact([plane.stores.certificates.save_step(issued, ordered)])
    return ordered


def renewed_by_client(
    plane: ControlPlane, certificate_id: str, csr: str | None = None, *, downloads: bool = True
) -> Certificate:
    """With a new key, unless the client sends this CSR."""
    now = plane.pki.clock()
    with unconfined():
        before = plane.certificate(certificate_id)
        pem = csr or csr_pem(before.common_name, [], new_key())
        job = requested_job(JobType.RENEWAL, before, Requester.of(ADMIN), pem, JobRules(), now)
        after = before.with_changes(
            now, open_job_id=job.id, renewal_state=RenewalState.IN_PROGRESS, acme=CLIENT
        )
        unit = plane.units.begin(ADMIN.actor, certificate_id, now)
        unit.save(before, after, event="certificate_renewal_requested")
        unit.create(job)
        unit.commit()
    plane.signing().process(job.id)
    if downloads:
        download(plane, certificate_id)
    return plane.certificate(certificate_id)


def download(plane: ControlPlane, certificate_id: str) -> None:
    """The client fetches the newest version, for the first time."""
    with unconfined():
        record, store = plane.certificate(certificate_id), plane.stores.certificates
        assert record.serial_number is not None
        assert record.expires_at is not None
        now = plane.pki.clock() + timedelta(seconds=1)
        step = store.downloaded_step(record.id, record.serial_number, record.expires_at, now)
        plane.pki.database.write(step)
