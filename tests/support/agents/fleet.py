"""Certificates and jobs written directly to the tables, without issuance."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from certctl.domain.certificates.acme import AcmeOrigin
from certctl.domain.certificates.certificates import Certificate
from certctl.domain.certificates.statuses import Lifecycle, RenewalState
from certctl.domain.due_work import Due
from certctl.domain.ids import new_id
from certctl.domain.jobs.jobs import Job
from certctl.domain.jobs.statuses import JobStatus, JobType
from certctl.store.certificates.certificates import CertificateStore
from certctl.store.database import Database
from certctl.store.jobs.jobs import JobStore
from certctl.store.paging import ListPage, Position


def certificate(identifier: str, created_at: datetime, **fields: Any) -> Certificate:
    made = Certificate(
        id=identifier,
        name=identifier,
        common_name=f"{identifier}.example.com",
        sans=(),
        owner_id="o-default",
        team_id="t-default",
        issuer_id="iss-local",
        renewal_policy_id="rp-default",
        created_at=created_at,
        updated_at=created_at,
    )
    return replace(made, **fields)


def live(identifier: str, created_at: datetime, expires_at: datetime, **fields: Any) -> Certificate:
    issued = certificate(identifier, created_at, lifecycle=Lifecycle.ACTIVE, serial_number="01")
    dates = {"not_before": expires_at - timedelta(days=200), "expires_at": expires_at}
    return replace(issued, **dates | fields)


def job(certificate_id: str, created_at: datetime, **fields: Any) -> Job:
    made = Job(
        id=new_id("job", created_at),
        type=JobType.ISSUANCE,
        certificate_id=certificate_id,
        team_id="t-default",
        status=JobStatus.PENDING,
        created_at=created_at,
        scheduled_at=created_at,
        requested_by="key-1",
        csr_pem="csr",
        due=Due(due_at=created_at),
    )
    return replace(made, **fields)


def store_certificates(database: Database, certificates: Sequence[Certificate]) -> None:
    store = CertificateStore(database)
    for each in certificates:
        database.transact(store.create_steps(each, each.search_names))


def store_jobs(database: Database, jobs: Sequence[Job]) -> None:
    store = JobStore(database)
    for each in jobs:
        database.transact([store.create_step(each)])


def every_page[R](page: Callable[[Position | None], ListPage[R]], limit: int = 1000) -> list[R]:
    """Follows positions to the end, as a client follows cursors."""
    records: list[R] = []
    position = None
    for _ in range(limit):
        answer = page(position)
        records += answer.records
        if answer.next is None:
            return records
        position = Position.of_text(str(answer.next))
    raise AssertionError("the list has no end")


def demo_certificates(now: datetime) -> list[Certificate]:
    """81 over the three months before `now`, of every status, three teams, two owners and two issuers."""
    start = now - timedelta(days=80)
    return [_of_number(number, start + timedelta(days=number), now) for number in range(81)]


def _of_number(number: int, created_at: datetime, now: datetime) -> Certificate:
    common: dict[str, Any] = {
        "team_id": f"t-{number % 3}",
        "owner_id": f"o-{number % 2}",
        "issuer_id": "iss-local" if number % 4 else "iss-other",
        "environment": ("", "production", "staging")[number % 3],
        "certificate_profile_id": "mtls" if number % 5 == 0 else "server",
        "common_name": f"c{number}.{('example.com', 'example.org')[number % 2]}",
        "sans": (f"DNS:c{number}.example.com", f"DNS:www.c{number}.example.com"),
        "acme": AcmeOrigin(f"acct-{number}", f"eab-{number % 2}") if number % 7 == 3 else None,
    }
    identifier = f"mc-{number:03}"
    lifecycles = (Lifecycle.PENDING, Lifecycle.REVOKED, Lifecycle.ARCHIVED, Lifecycle.ON_HOLD)
    if number % 2:
        # all at once, as a bulk revocation leaves them
        changed = {"lifecycle": lifecycles[number // 2 % 4], "updated_at": now}
        failed = {"renewal_state": RenewalState.FAILED} if number % 16 == 1 else {}
        return certificate(identifier, created_at, **common | changed | failed)
    state = {"renewal_state": (RenewalState.IDLE, RenewalState.IN_PROGRESS)[number % 12 == 0]}
    failed = {"renewal_state": RenewalState.FAILED} if number % 20 == 0 else {}
    expires_at = now + timedelta(days=number * 3 - 60, hours=1)
    return live(identifier, created_at, expires_at, **common | state | failed)
