"""What maintenance does after EAB keys and ACME accounts were revoked, API keys leaked, or nobody ordered."""

from datetime import timedelta
from typing import Any

from certctl.domain.access.permissions import Role
from certctl.domain.acme.accounts import AcmeAccount
from certctl.domain.certificates.certificates import Certificate
from certctl.domain.jobs.jobs import Job
from certctl.domain.jobs.statuses import JobStatus
from certctl.store.acme.accounts import AcmeAccountStore
from certctl.store.certificates.certificates import CertificateStore
from certctl.store.jobs.jobs import JobStore
from functions.maintenance_schedule.app import lambda_handler
from tests.support.acme.administered import ACCOUNTS, EAB_KEYS, AcmeByHttp
from tests.support.audit.seals import seal_key
from tests.support.aws.local_kms import LocalKms
from tests.support.functions.lambda_context import Context
from tests.support.issuing.issuing import Issuing

KEYS = "/api/v1/api-keys"
SETTLED = timedelta(minutes=3)
OPEN: dict[str, Any] = {"is_open": True, "source_cidrs": ["10.0.0.0/8"], "max_accounts": 50}


def maintained(acme: AcmeByHttp) -> dict[str, Any]:
    acme.stack.clock.advance(SETTLED)
    acme.stack.clients["kms"] = LocalKms({"arn:seal": seal_key()})
    acme.stack.restart()
    run = acme.stack.privileges.of("maintenance_schedule", lambda_handler)
    report: dict[str, Any] = run({}, Context())
    return report


def open_job(issuing: Issuing, acme: AcmeByHttp, account: AcmeAccount) -> str:
    """The id of a job that awaits its worker, of a finalized order."""
    certificate_id, now = issuing.created().body["id"], acme.stack.clock()
    job_id = stored(acme, certificate_id).open_job_id
    acme.order(account, certificate_id=certificate_id, job_id=job_id, finalized_at=now, csr_sha256="0")
    return str(job_id)


def stored(acme: AcmeByHttp, certificate_id: str) -> Certificate:
    found = CertificateStore(acme.stack.database).get(certificate_id)
    assert found is not None
    return found


def job(acme: AcmeByHttp, job_id: str) -> Job:
    found = JobStore(acme.stack.database).get(job_id)
    assert found is not None
    return found


def test_open_jobs_of_a_revoked_key_are_cancelled_and_finished_ones_stay(
    acme: AcmeByHttp, issuing: Issuing
) -> None:
    key = acme.made()
    first, second = acme.account(key), acme.account(key)
    waiting, held = open_job(issuing, acme, first), open_job(issuing, acme, second)
    JobStore(acme.stack.database).claim(held, acme.stack.clock(), timedelta(hours=1))
    other = open_job(issuing, acme, acme.account(acme.made()))
    assert acme.of_team(Role.OPERATOR).post(f"{EAB_KEYS}/{key['id']}/revoke").status == 200

    assert maintained(acme)["cancelled_acme_jobs"] == 1

    assert job(acme, waiting).status is JobStatus.CANCELLED
    assert job(acme, held).status is JobStatus.RUNNING, "its worker ends it"
    assert job(acme, other).status is JobStatus.PENDING
    assert maintained(acme)["cancelled_acme_jobs"] == 0


def test_open_jobs_of_a_revoked_account_are_cancelled(acme: AcmeByHttp, issuing: Issuing) -> None:
    account = acme.account(acme.made())
    waiting = open_job(issuing, acme, account)
    certificate_id = job(acme, waiting).certificate_id
    assert acme.admin.post(f"{ACCOUNTS}/{account.id}/revoke").status == 200

    assert maintained(acme)["cancelled_acme_jobs"] == 1

    assert job(acme, waiting).last_error == f"{account.id} is revoked"
    assert stored(acme, str(certificate_id)).open_job_id is None


def test_a_leaked_api_key_takes_its_eab_keys_with_it(acme: AcmeByHttp) -> None:
    text, key_id = acme.stack.new_key_and_id(Role.ADMIN)
    leaked = acme.stack.client("catalog_api", text)
    made, other = acme.made(leaked), acme.made()
    rotated = acme.made()
    assert leaked.post(f"{EAB_KEYS}/{rotated['id']}/rotate").status == 200

    assert acme.admin.delete(f"{KEYS}/{key_id}", reason="leaked").status == 204

    for exposed in (made, rotated):
        assert acme.admin.get(f"{EAB_KEYS}/{exposed['id']}").body["revoked_at"], "it saw a secret"
    assert acme.admin.get(f"{EAB_KEYS}/{other['id']}").body["revoked_at"] is None


def test_keys_of_what_a_leaked_key_made_are_revoked_later(acme: AcmeByHttp) -> None:
    text, key_id = acme.stack.new_key_and_id(Role.ADMIN)
    body = {"name": "further", "role": "admin", "owner_id": "o-other"}
    further = acme.stack.client("catalog_api", text).post(KEYS, body).body["key"]
    made = acme.made(acme.stack.client("catalog_api", further))
    assert acme.admin.delete(f"{KEYS}/{key_id}", reason="leaked").status == 204

    assert maintained(acme)["leaked_eab_keys"] == 1

    assert acme.admin.get(f"{EAB_KEYS}/{made['id']}").body["revoked_at"]


def test_an_ordinary_end_of_an_api_key_leaves_its_eab_keys(acme: AcmeByHttp) -> None:
    text, key_id = acme.stack.new_key_and_id(Role.ADMIN)
    made = acme.made(acme.stack.client("catalog_api", text))

    assert acme.admin.delete(f"{KEYS}/{key_id}").status == 204

    assert maintained(acme)["leaked_eab_keys"] == 0
    assert acme.admin.get(f"{EAB_KEYS}/{made['id']}").body["revoked_at"] is None


def test_accounts_of_the_open_key_without_orders_are_deleted(acme: AcmeByHttp) -> None:
    opened, closed = acme.made(**OPEN), acme.made()
    unused, of_closed = acme.account(opened), acme.account(closed)
    revoked = acme.account(opened)
    assert acme.admin.post(f"{ACCOUNTS}/{revoked.id}/revoke").status == 200
    acme.stack.clock.advance(timedelta(days=30))
    used = acme.account(opened)

    assert maintained(acme)["unused_acme_accounts"] == 1

    store = AcmeAccountStore(acme.stack.database)
    assert store.get(unused.id) is None
    assert store.id_of_key(unused.thumbprint) is None
    for kept in (of_closed, revoked, used):
        assert store.get(kept.id) is not None
    assert acme.admin.get(f"{EAB_KEYS}/{opened['id']}").body["accounts"] == 1


def test_an_account_with_a_recent_order_stays(acme: AcmeByHttp) -> None:
    opened = acme.made(**OPEN)
    account = acme.account(opened)
    acme.stack.clock.advance(timedelta(days=30))
    store = AcmeAccountStore(acme.stack.database)
    acme.stack.database.write(store.seen_step(account, acme.stack.clock(), AssertionError()))

    assert maintained(acme)["unused_acme_accounts"] == 0
