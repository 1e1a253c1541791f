"""acme_validator: attempts under its own permissions, alone and with others, living and dying."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from threading import Barrier
from typing import Any

import pytest

from certctl.domain.acme.attempts import ATTEMPTS_AT, LEASE, attempted, needs_nudge
from certctl.domain.acme.authorizations import Authorization, AuthorizationStatus
from certctl.domain.acme.challenges import Validated
from certctl.domain.acme.eab_keys import ChallengeType
from certctl.domain.acme.problems import ProblemType
from certctl.store.acme.authorizations import AuthorizationStore
from certctl.store.acme.claims import AuthorizationClaims
from functions.acme_validator import app
from tests.support.acme.authorizations import awaiting
from tests.support.acme.dns_server import DnsServer
from tests.support.acme.proofs import DIGEST, KEY_AUTHORIZATION
from tests.support.aws.least_privilege import unconfined
from tests.support.channels.receivers import Exchange, Receiver, answers
from tests.support.functions.deployed import Deployed, compose
from tests.support.functions.lambda_context import Context
from tests.support.insights.emf import metrics_of, values_of
from tests.support.revocation.interruptions import Interrupted, die

WRONG = answers(200, b"secret of a private server")


class Validating:
    """An order with one authorization, whose client has answered http-01."""

    def __init__(self, stack: Deployed, web: Receiver) -> None:
        self.stack = stack
        self.web = web
        self.store = AuthorizationStore(stack.database)

    def answered(self, type: ChallengeType = ChallengeType.HTTP_01) -> None:
        made = awaiting(type, now=self.stack.clock())
        self.stack.database.transact([self.store.create_step(made)])

    @property
    def row(self) -> Authorization:
        found = self.store.get("ord-1", 0)
        assert found is not None
        return found

    def nudge(self, seconds: float = 0, body: str = '{"id": "ord-1#0"}') -> Any:
        self.stack.clock.advance(timedelta(seconds=seconds))
        handler = self.stack.privileges.of("acme_validator", app.lambda_handler)
        return handler({"Records": [{"messageId": "m1", "body": body}]}, Context(30))


@pytest.fixture
def dns() -> DnsServer:
    made = DnsServer()
    made.add("www.example.com", "A", "127.0.0.1")
    return made


@pytest.fixture
def world(dns: DnsServer, stack: Deployed, monkeypatch: pytest.MonkeyPatch) -> Iterator[Validating]:
    with dns.running() as server, Receiver(answers(200, KEY_AUTHORIZATION)).running() as web:
        monkeypatch.setenv("CERTCTL_ACME_DNS_SERVERS", f"127.0.0.1:{server.port}")
        monkeypatch.setenv("CERTCTL_ACME_VALIDATION_CIDRS", "127.0.0.1/32")
        monkeypatch.setenv("CERTCTL_ACME_HTTP_PORT", str(web.port))
        compose(stack.overrides)
        yield Validating(stack, web)


def test_a_nudge_makes_a_proven_authorization_valid(
    world: Validating, capsys: pytest.CaptureFixture[str]
) -> None:
    world.answered()
    assert world.nudge(2) == {"batchItemFailures": []}
    assert world.row.status is AuthorizationStatus.VALID
    assert (world.row.due_at, world.row.lease_owner, world.row.error) == (None, None, None)
    values = values_of(capsys.readouterr().out)
    assert values["AcmeValidationsSucceeded"] == (1.0,)
    assert values["AcmeSecondsToValid"] == pytest.approx((2.0,), abs=0.01)


def test_a_dns_challenge_asks_the_given_name_server(dns: DnsServer, world: Validating) -> None:
    dns.add("_acme-challenge.www.example.com", "TXT", DIGEST)
    world.answered(ChallengeType.DNS_01)
    world.nudge()
    assert world.row.status is AuthorizationStatus.VALID


def test_five_failed_attempts_make_it_invalid(world: Validating, capsys: pytest.CaptureFixture[str]) -> None:
    world.web.behave(WRONG)
    world.answered()
    last = 0
    for moment in ATTEMPTS_AT:
        assert world.row.status is AuthorizationStatus.PENDING
        world.nudge(moment - last)
        last = moment
    assert world.row.status is AuthorizationStatus.INVALID
    assert world.row.error is not None
    assert world.row.error.type is ProblemType.INCORRECT_RESPONSE
    assert "secret" not in world.row.error.detail
    assert len(world.web.received) == len(ATTEMPTS_AT)
    names = [each.name for each in metrics_of(capsys.readouterr().out)]
    assert names == ["AcmeValidationsRetried"] * 4 + ["AcmeValidationsFailed"]


def test_a_nudge_that_comes_early_twice_or_late_does_nothing(world: Validating) -> None:
    world.web.behave(WRONG)
    world.answered()
    for _ in range(3):
        world.nudge(0.5)
    assert (len(world.web.received), world.row.attempt) == (1, 1)
    world.web.behave(answers(200, KEY_AUTHORIZATION))
    world.nudge(10)
    world.nudge(10)
    assert (len(world.web.received), world.row.attempt) == (2, 2)


def test_a_nudge_for_what_nobody_answered_or_ordered_does_nothing(world: Validating) -> None:
    assert world.nudge() == {"batchItemFailures": []}
    made = replace(awaiting(now=world.stack.clock()), due_at=None, answered=None)
    world.stack.database.transact([world.store.create_step(made)])
    world.nudge()
    assert world.row.attempt == 0


def test_a_nudge_that_cannot_be_read_is_returned(world: Validating) -> None:
    for body in ("{}", '{"id": "ord-1"}', "no JSON"):
        assert world.nudge(body=body) == {"batchItemFailures": [{"itemIdentifier": "m1"}]}


def test_a_run_without_time_returns_its_nudge(world: Validating) -> None:
    world.answered()
    event = {"Records": [{"messageId": "m1", "body": json.dumps({"id": "ord-1#0"})}]}
    assert app.lambda_handler(event, Context(5)) == {"batchItemFailures": [{"itemIdentifier": "m1"}]}
    assert world.row.attempt == 0


def test_the_records_of_a_run_are_attempted_at_once(world: Validating) -> None:
    """The server answers when all ten have come."""
    together = Barrier(10, timeout=8)

    def behave(exchange: Exchange) -> None:
        together.wait()
        answers(200, KEY_AUTHORIZATION)(exchange)

    world.web.behave(behave)
    orders = [f"ord-{number}" for number in range(10)]
    for order_id in orders:
        made = awaiting(now=world.stack.clock(), order_id=order_id)
        world.stack.database.transact([world.store.create_step(made)])
    records = [{"messageId": each, "body": json.dumps({"id": f"{each}#0"})} for each in orders]
    handler = world.stack.privileges.of("acme_validator", app.lambda_handler)
    assert handler({"Records": records}, Context(30)) == {"batchItemFailures": []}
    found = [world.store.get(each, 0) for each in orders]
    assert [each.status for each in found if each] == [AuthorizationStatus.VALID] * 10


def test_an_expired_authorization_is_not_attempted(world: Validating) -> None:
    world.answered()
    world.nudge(timedelta(days=8).total_seconds())
    assert world.web.received == []


def test_a_validator_that_dies_before_its_claim_loses_nothing(world: Validating) -> None:
    world.answered()
    with Interrupted(1, before=die).at_work():
        world.nudge()
    assert needs_nudge(world.row, world.stack.clock())
    world.nudge()
    assert (world.row.status, world.row.attempt) == (AuthorizationStatus.VALID, 1)


@pytest.mark.parametrize("interrupted", [Interrupted(1, after=die), Interrupted(2, before=die)])
def test_a_validator_that_dies_with_a_claim_is_replaced_when_its_lease_ends(
    world: Validating, interrupted: Interrupted
) -> None:
    interrupted.writes = 0
    world.answered()
    with interrupted.at_work():
        world.nudge()
    assert not needs_nudge(world.row, world.stack.clock())
    world.nudge(LEASE.total_seconds() - 1)
    assert world.row.status is AuthorizationStatus.PENDING
    world.nudge(1)
    assert (world.row.status, world.row.attempt) == (AuthorizationStatus.VALID, 2)


def test_a_validator_that_dies_after_its_report_has_done_its_work(world: Validating) -> None:
    world.answered()
    with Interrupted(2, after=die).at_work():
        world.nudge()
    assert world.row.status is AuthorizationStatus.VALID
    world.nudge(60)
    assert len(world.web.received) == 1


def test_validators_that_always_die_spend_the_attempts(world: Validating) -> None:
    world.answered()
    for number in range(len(ATTEMPTS_AT)):
        # a lease that ran out takes one more write, which is refused
        with Interrupted(3 if number else 2, before=die).at_work():
            world.nudge(LEASE.total_seconds())
    world.nudge(LEASE.total_seconds())
    assert world.row.status is AuthorizationStatus.INVALID
    assert len(world.web.received) == len(ATTEMPTS_AT)


def test_of_two_validators_one_attempts(world: Validating) -> None:
    world.answered()
    with Interrupted(1, after=world.nudge).at_work():
        world.nudge()
    assert (world.row.status, world.row.attempt) == (AuthorizationStatus.VALID, 1)
    assert len(world.web.received) == 1


def test_a_validator_that_slept_past_its_lease_writes_nothing(world: Validating) -> None:
    world.web.behave(WRONG, answers(200, KEY_AUTHORIZATION))
    world.answered()
    with Interrupted(2, before=lambda: world.nudge(LEASE.total_seconds())).at_work():
        world.nudge()
    assert (world.row.status, world.row.attempt) == (AuthorizationStatus.VALID, 2)


def test_an_authorization_that_is_deactivated_during_an_attempt_stays_so(world: Validating) -> None:
    def deactivate() -> None:
        before = world.row
        after = replace(before, status=AuthorizationStatus.DEACTIVATED)
        with unconfined():  # acme_api does it
            world.stack.database.transact([world.store.replace_step(before, after)])

    world.answered()
    with Interrupted(2, before=deactivate).at_work():
        world.nudge()
    assert world.row.status is AuthorizationStatus.DEACTIVATED


def test_a_report_whose_response_was_lost_counts_when_it_is_repeated(world: Validating) -> None:
    world.answered()
    now, claims = world.stack.clock(), AuthorizationClaims(world.stack.database)
    claimed = claims.claim("ord-1", 0, now)
    assert claimed is not None
    after = attempted(claimed, Validated(), now)
    assert [claims.complete(claimed, after), claims.complete(claimed, after)] == [True, True]


def test_a_claim_that_came_too_late_for_an_attempt_is_not_spent(world: Validating) -> None:
    world.answered()
    with Interrupted(1, after=lambda: world.stack.clock.advance(timedelta(seconds=6))).at_work():
        world.nudge()
    assert (world.row.attempt, world.row.lease_owner, world.web.received) == (0, None, [])
    world.nudge()
    assert world.row.status is AuthorizationStatus.VALID


def test_private_networks_are_those_of_validations_alone(
    world: Validating, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CERTCTL_ACME_VALIDATION_CIDRS", "")
    monkeypatch.setenv("CERTCTL_ALLOWED_PRIVATE_CIDRS", "127.0.0.0/8")
    compose(world.stack.overrides)
    world.answered()
    world.nudge()
    assert world.row.error is not None
    assert world.row.error.type is ProblemType.CONNECTION
    assert world.web.connections == 0
