"""Two at once on what an agent may do once, on a database that judges like the real one."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from threading import Barrier

import pytest

from certctl.domain.access.permissions import Role
from certctl.domain.access.principals import Principal
from certctl.domain.agents.agents import MOST_AGENTS, AgentReport
from certctl.domain.agents.deployments import DeploymentClaim, Result
from certctl.domain.catalog.entries import Entry
from certctl.domain.catalog.record_kinds import Kind
from certctl.domain.catalog.records import Target, Team
from certctl.domain.errors import Conflict, CsrRejected, Unauthenticated, Unavailable
from certctl.domain.jobs.jobs import Job
from certctl.domain.jobs.statuses import JobStatus, JobType
from certctl.domain.jobs.tasks import AgentTask
from certctl.domain.kinds import TargetType
from certctl.services.agents.deployment_jobs import DeploymentJobs
from certctl.services.agents.registration import AgentRegistration, Enrolment, RegistrationStores
from certctl.store.access.api_keys import ApiKeyStore
from certctl.store.access.subjects import SubjectStore
from certctl.store.agents.consents import AgentConsentStore
from certctl.store.agents.states import AgentStateStore
from certctl.store.agents.tokens import BootstrapTokenStore
from certctl.store.catalog.agent_places import AgentPlaces
from certctl.store.catalog.cache import CachedCatalog
from certctl.store.catalog.issuer_health import IssuerContactStore
from certctl.store.catalog.records import CatalogStore
from certctl.store.catalog.usage import CatalogUsage
from certctl.store.certificates.certificates import CertificateStore
from certctl.store.database import Database
from certctl.store.jobs.jobs import JobStore
from certctl.unit_of_work.catalog import CatalogRecords
from tests.support.agents.fleet import certificate, job
from tests.support.authorities.pki import Pki
from tests.support.aws.dynamodb_local import new_database
from tests.support.clock import Clock
from tests.support.functions.control_plane import ADMIN, ControlPlane
from tests.support.issuing.csr import csr_pem, new_key
from tests.support.policies import evaluations_in
from tests.support.units import units_in

pytestmark = pytest.mark.dynamodb_local

_AGENT = Principal("key-agent", Role.AGENT, ("t-default",), agent_id="agt-1")
_REPORT = AgentReport("web-1.example.com", "1.0.0", "linux", "x86_64", "198.51.100.7")


@pytest.fixture
def database(endpoint: str, access_key: str) -> Iterator[Database]:
    database = new_database(endpoint)
    assert database.client  # made here, once: threads that make it at once make several
    yield database
    database.client.close()


def _registration(database: Database, clock: Clock) -> AgentRegistration:
    """The registration of a process of its own: nothing is remembered in common."""
    store, states = CatalogStore(database), AgentStateStore(database)
    book, usage = CachedCatalog(store, clock), CatalogUsage(database, store, clock)
    contacts, evaluations = IssuerContactStore(database), evaluations_in(database)
    units, consents = units_in(database, clock), AgentConsentStore(database)
    records = CatalogRecords(
        units, store, book, usage, states, contacts, consents, lambda: evaluations, "blue"
    )
    keys, tokens = ApiKeyStore(database), BootstrapTokenStore(database)
    stores = RegistrationStores(records, keys, SubjectStore(database), tokens, states)
    return AgentRegistration(stores, clock)


def _deploying(database: Database, clock: Clock) -> DeploymentJobs:
    plane = ControlPlane(Pki(database, None, clock, {}))
    states = AgentStateStore(database)
    return DeploymentJobs(plane.stores, plane.units, states, clock, lambda: 0.5)


def _a_deployment(database: Database, now: Clock) -> Job:
    """Due, of a certificate that is mapped to the agent's target."""
    at, catalog = now(), CatalogStore(database)
    target = Entry(
        Kind.TARGET, "t-nginx", "nginx", Target(TargetType.NGINX, {}, "agt-1"), at, at, "t-default"
    )
    database.transact(catalog.create_steps(target))
    mapped = replace(certificate("mc-1", at), target_ids=("t-nginx",), serial_number="01")
    database.transact(CertificateStore(database).create_steps(mapped, []))
    due = job(
        "mc-1",
        at,
        type=JobType.DEPLOYMENT,
        target_id="t-nginx",
        agent_id="agt-1",
        work=AgentTask("www.example.com", (), serial_number="01", fingerprint_sha256="0" * 64),
    )
    database.transact([JobStore(database).create_step(due)])
    return due


def _at_once[R](acts: Sequence[Callable[[], R]]) -> list[R]:
    barrier = Barrier(len(acts))

    def started(act: Callable[[], R]) -> R:
        barrier.wait()
        return act()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(started, acts))


def test_of_ten_registrations_with_one_token_at_once_one_gets_a_key(database: Database) -> None:
    clock, catalog = Clock(), CatalogStore(database)
    team = Entry(Kind.TEAM, "t-default", "Default", Team(), clock(), clock())
    database.transact(catalog.create_steps(team))
    token = _registration(database, clock).create_token(ADMIN, "*.example.com", "t-default").text

    def registered() -> Enrolment | None:
        try:
            return _registration(database, clock).register(f"Bearer {token}", _REPORT)
        except (Unauthenticated, Conflict, Unavailable):
            return None

    won = [each for each in _at_once([registered] * 10) if each is not None]

    assert len(won) == 1
    assert [entry.id for entry in catalog.page(Kind.AGENT, None, 100).entries] == [won[0].entry.id]
    keys, _ = ApiKeyStore(database).page(None, 100)
    assert [key.agent_id for key in keys] == [won[0].entry.id]


def test_of_ten_registrations_at_once_for_the_last_three_places_three_succeed(database: Database) -> None:
    clock, catalog = Clock(), CatalogStore(database)
    team = Entry(Kind.TEAM, "t-default", "Default", Team(), clock(), clock())
    database.transact(catalog.create_steps(team))
    AgentPlaces(database).correct(None, MOST_AGENTS - 3)
    registration = _registration(database, clock)
    tokens = [registration.create_token(ADMIN, "*.example.com", "t-default").text for _ in range(10)]

    def registered(number: int) -> bool:
        report = replace(_REPORT, hostname=f"web-{number}.example.com")
        while True:
            try:
                _registration(database, clock).register(f"Bearer {tokens[number]}", report)
            except Conflict:
                return False
            except Unavailable:  # the others are at it: a host tries again
                continue
            return True

    won = _at_once([partial(registered, number) for number in range(len(tokens))])

    assert won.count(True) == len(catalog.page(Kind.AGENT, None, 100).entries) == 3
    assert AgentPlaces(database).taken() == MOST_AGENTS


def test_of_claims_of_one_deployment_at_once_the_last_one_alone_may_report(database: Database) -> None:
    """An agent's processes may claim one after the other; no two have the same attempt."""
    clock = Clock()
    due = _a_deployment(database, clock)

    def begun() -> DeploymentClaim | None:
        try:
            return _deploying(database, clock).start(_AGENT, due.id)
        except (Conflict, Unavailable):
            return None

    def told(started: DeploymentClaim) -> JobStatus | None:
        result = Result(started.attempt, True, served_fingerprint_sha256="0" * 64)
        try:
            return _deploying(database, clock).report(_AGENT, due.id, result)
        except Conflict:
            return None

    claims = [each for each in _at_once([begun] * 8) if each is not None]
    reports = {claim.attempt: told(claim) for claim in claims}

    last = max(reports)
    assert len(reports) == len(claims)
    assert {attempt for attempt, status in reports.items() if status is not None} == {last}
    assert reports[last] is JobStatus.COMPLETED


def test_of_refusals_of_one_request_at_once_one_ends_the_job(database: Database) -> None:
    """An agent that waits for no answer may say the same again."""
    clock = Clock()
    awaiting = job("mc-1", clock(), status=JobStatus.AWAITING_CSR, agent_id="agt-1")
    asked = replace(certificate("mc-1", clock()), open_job_id=awaiting.id, renewal_failures=0)
    store, jobs = CertificateStore(database), JobStore(database)
    database.transact([*store.create_steps(asked, []), jobs.create_step(awaiting)])
    pem = csr_pem("www.example.org", [], new_key())
    planes = [ControlPlane(Pki(database, None, clock, {})) for _ in range(6)]

    def refused(plane: ControlPlane) -> str:
        try:
            plane.signing_requests.submit_for_job(_AGENT, awaiting.id, pem)
        except (CsrRejected, Conflict, Unavailable) as error:
            return type(error).__name__
        return "taken"

    answers = _at_once([partial(refused, plane) for plane in planes])

    after, ended = store.get("mc-1"), jobs.get(awaiting.id)
    assert after is not None
    assert ended is not None
    assert "taken" not in answers
    assert "CsrRejected" in answers
    assert (ended.status, after.renewal_failures, after.revision) == (JobStatus.FAILED, 1, asked.revision + 1)
