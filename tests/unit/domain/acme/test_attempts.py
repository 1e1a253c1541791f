"""When challenges are attempted, and what attempts make of their authorization."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from certctl.domain.acme.attempts import (
    ATTEMPTS_AT,
    LEASE,
    answered,
    attempted,
    given_up,
    is_claimable,
    needs_nudge,
    proof_of,
    retry_after,
)
from certctl.domain.acme.authorizations import Authorization, AuthorizationStatus, ChallengeError
from certctl.domain.acme.challenges import Outcome, Proof, Refused, Validated
from certctl.domain.acme.eab_keys import ChallengeType
from certctl.domain.acme.problems import ProblemType
from tests.support.acme.authorizations import ANSWERED_AT, awaiting, pending
from tests.support.acme.proofs import ACCOUNT_URL, THUMBPRINT, TOKEN

REFUSED = Refused(ProblemType.DNS, "dns-01: the name does not exist")


def after(seconds: float) -> timedelta:
    return timedelta(seconds=seconds)


def claimed(authorization: Authorization, at: float) -> Authorization:
    now = ANSWERED_AT + after(at)
    return replace(
        authorization, attempt=authorization.attempt + 1, lease_owner="token", lease_until=now + LEASE
    )


def tried(authorization: Authorization, outcome: Outcome, at: float, ends: float) -> Authorization:
    return attempted(claimed(authorization, at), outcome, ANSWERED_AT + after(ends))


def test_an_answer_makes_the_first_attempt_due_at_once() -> None:
    assert not is_claimable(pending(), ANSWERED_AT)
    made = answered(pending(), ChallengeType.HTTP_01, THUMBPRINT, ACCOUNT_URL, ANSWERED_AT)
    assert is_claimable(made, ANSWERED_AT)


def test_failed_attempts_follow_the_schedule_and_the_last_one_ends_it() -> None:
    row, seen = awaiting(), []
    while row.due_at is not None:
        at = (row.due_at - ANSWERED_AT).total_seconds()
        seen.append(at)
        row = tried(row, REFUSED, at, at + 0.1)
    assert seen == list(ATTEMPTS_AT) == [0, 3, 8, 18, 38]
    assert (row.status, row.error) == (
        AuthorizationStatus.INVALID,
        ChallengeError(REFUSED.type, REFUSED.detail),
    )


def test_attempts_that_take_their_whole_deadline_end_before_certbot_gives_up() -> None:
    row, ends = awaiting(), 0.0
    while row.due_at is not None:
        at = max(ends, (row.due_at - ANSWERED_AT).total_seconds())
        ends = at + 10
        row = tried(row, REFUSED, at, ends)
    assert ends < 90


def test_a_success_is_valid_and_forgets_earlier_errors() -> None:
    failed = tried(awaiting(), REFUSED, 0, 1)
    valid = tried(failed, Validated(), 3, 4)
    assert (valid.status, valid.validated_at) == (AuthorizationStatus.VALID, ANSWERED_AT + after(4))
    assert (valid.error, valid.due_at, valid.lease_owner, valid.lease_until) == (None, None, None, None)


def test_the_error_of_a_failed_attempt_is_shown_while_others_follow() -> None:
    failed = tried(awaiting(), REFUSED, 0, 1)
    assert failed.status is AuthorizationStatus.PENDING
    assert failed.error == ChallengeError(ProblemType.DNS, REFUSED.detail)


def test_reading_nudges_only_what_is_due_and_free() -> None:
    row = awaiting()
    assert needs_nudge(row, ANSWERED_AT)
    held = claimed(row, 0)
    assert not needs_nudge(held, ANSWERED_AT + LEASE - after(1))
    assert needs_nudge(held, ANSWERED_AT + LEASE)
    failed = tried(row, REFUSED, 0, 1)
    assert not needs_nudge(failed, ANSWERED_AT + after(2))
    assert needs_nudge(failed, ANSWERED_AT + after(3))


@pytest.mark.parametrize("status", [each for each in AuthorizationStatus if each != "pending"])
def test_an_authorization_that_has_ended_is_not_attempted(status: AuthorizationStatus) -> None:
    assert not needs_nudge(replace(awaiting(), status=status), ANSWERED_AT)


def test_an_expired_authorization_is_not_attempted() -> None:
    assert not needs_nudge(awaiting(), ANSWERED_AT + timedelta(days=7))


def test_the_client_is_asked_to_return_when_the_next_attempt_is_due() -> None:
    failed = tried(awaiting(), REFUSED, 0, 0.5)
    assert retry_after(failed, ANSWERED_AT + after(0.5)) == 3
    assert retry_after(failed, ANSWERED_AT + after(60)) == 1
    late = replace(failed, due_at=ANSWERED_AT + after(38))
    assert retry_after(late, ANSWERED_AT) == 10
    assert retry_after(pending(), ANSWERED_AT) == 10


def test_a_proof_has_what_the_client_answered_with() -> None:
    found = proof_of(claimed(awaiting(ChallengeType.DNS_01, "*.example.com"), 0))
    wanted = Proof(
        ChallengeType.DNS_01, "example.com", TOKEN, THUMBPRINT, is_wildcard=True, account_url=ACCOUNT_URL
    )
    assert found == wanted
    address = proof_of(claimed(awaiting(name="192.0.2.1"), 0))
    assert address is not None
    assert address.is_address


def test_a_last_attempt_that_never_reported_ends_the_authorization() -> None:
    lost = replace(awaiting(), attempt=len(ATTEMPTS_AT))
    taken_over = claimed(lost, 60)
    assert proof_of(taken_over) is None
    ended = given_up(taken_over, ANSWERED_AT + after(61))
    assert ended.status is AuthorizationStatus.INVALID
    assert ended.error is not None
    assert ended.error.type is ProblemType.SERVER_INTERNAL


def test_a_lost_last_attempt_leaves_the_error_of_the_one_before() -> None:
    failed = replace(tried(awaiting(), REFUSED, 0, 1), attempt=len(ATTEMPTS_AT))
    ended = given_up(claimed(failed, 60), ANSWERED_AT + after(61))
    assert ended.error == ChallengeError(REFUSED.type, REFUSED.detail)


OUTCOMES = st.sampled_from([Validated(), REFUSED, Refused(ProblemType.CONNECTION, "late"), None])


@given(st.lists(st.tuples(OUTCOMES, st.floats(0, 10), st.floats(0, 120)), max_size=12))
def test_whatever_happens_attempts_end_and_are_never_early(
    turns: list[tuple[Outcome | None, float, float]],
) -> None:
    """A validator that dies has the outcome None: its lease runs out. The last number is when the
    client polls again."""
    row, now, begun = awaiting(), ANSWERED_AT, 0
    for outcome, takes, pause in turns:
        now += after(pause)
        if not is_claimable(row, now):
            continue
        assert now >= ANSWERED_AT + after(ATTEMPTS_AT[row.attempt] if row.attempt < 5 else 0) or (
            row.lease_until is not None
        )
        row = replace(row, attempt=row.attempt + 1, lease_owner="token", lease_until=now + LEASE)
        if proof_of(row) is None:
            row = given_up(row, now)
            continue
        begun += 1
        now += after(takes)
        if outcome is not None:
            row = attempted(row, outcome, now)
    assert begun <= len(ATTEMPTS_AT)
    if row.due_at is None:
        assert row.status in (AuthorizationStatus.VALID, AuthorizationStatus.INVALID)
        assert (row.error is None) == (row.status is AuthorizationStatus.VALID)
    else:
        assert row.status is AuthorizationStatus.PENDING


def test_a_policy_that_forbids_is_looked_at_twice() -> None:
    """A record may be changed a moment before the order; nobody waits 38 s for a sure no."""
    forbids = Refused(ProblemType.CAA, "CAA: not this CA", is_certain=True)
    first = tried(awaiting(), forbids, 0, 0.1)
    assert first.due_at == ANSWERED_AT + after(ATTEMPTS_AT[1])
    assert tried(first, forbids, 3, 3.1).status is AuthorizationStatus.INVALID
