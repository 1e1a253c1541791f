"""What clients see of an authorization, from its offer to its end."""

from dataclasses import replace
from datetime import timedelta

import pytest

from certctl.domain.acme.authorizations import AuthorizationStatus, ChallengeError
from certctl.domain.acme.eab_keys import AuthorizationMode, ChallengeType
from certctl.domain.acme.identifiers import Identifier, IdentifierType
from certctl.domain.acme.orders import Order
from certctl.domain.acme.problems import ProblemType
from certctl.domain.acme.shown_authorizations import (
    ShownAuthorization,
    shown_authorization,
    trusted_authorization,
)
from certctl.domain.base64url import from_strict_base64url
from tests.support.acme.authorizations import ANSWERED_AT, awaiting, pending

ERROR = ChallengeError(ProblemType.CONNECTION, "The host did not answer.")
WEEK = timedelta(days=7)


def states(shown: ShownAuthorization) -> dict[str, str]:
    return {each.type.value: each.status.value for each in shown.challenges}


def test_all_challenges_are_pending_until_one_is_answered() -> None:
    shown = shown_authorization(pending(), ANSWERED_AT)
    assert shown.status is AuthorizationStatus.PENDING
    assert states(shown) == dict.fromkeys(("http-01", "dns-01", "tls-alpn-01"), "pending")
    assert shown.retry_after is None


def test_the_answered_one_is_processed_and_shows_why_it_failed_so_far() -> None:
    shown = shown_authorization(replace(awaiting(), error=ERROR), ANSWERED_AT)
    assert states(shown) == {"http-01": "processing", "dns-01": "pending", "tls-alpn-01": "pending"}
    assert [each.error for each in shown.challenges] == [ERROR, None, None]
    assert shown.retry_after == 1


@pytest.mark.parametrize("status", [AuthorizationStatus.VALID, AuthorizationStatus.INVALID])
def test_a_decided_one_shows_what_decided_it_alone(status: AuthorizationStatus) -> None:
    is_valid = status is AuthorizationStatus.VALID
    decided = replace(
        awaiting(ChallengeType.DNS_01),
        status=status,
        due_at=None,
        error=ERROR,
        validated_at=ANSWERED_AT if is_valid else None,
    )
    shown = shown_authorization(decided, ANSWERED_AT)
    assert states(shown) == {"dns-01": status.value}
    assert shown.challenges[0].error == (None if is_valid else ERROR)
    assert shown.retry_after is None


def test_an_expired_one_processes_nothing() -> None:
    shown = shown_authorization(awaiting(), ANSWERED_AT + WEEK)
    assert shown.status is AuthorizationStatus.EXPIRED
    assert states(shown)["http-01"] == "invalid"
    assert shown.retry_after is None


@pytest.mark.parametrize(
    ("identifier", "type"),
    [
        (Identifier(IdentifierType.DNS, "*.example.com"), ChallengeType.DNS_01),
        (Identifier(IdentifierType.IP, "192.0.2.1"), ChallengeType.HTTP_01),
    ],
)
def test_a_trusted_one_is_valid_by_one_challenge_with_a_token_that_clients_read(
    identifier: Identifier, type: ChallengeType
) -> None:
    shown = trusted_authorization(trusted(identifier), 0, ANSWERED_AT)
    assert (shown.status, states(shown)) == (AuthorizationStatus.VALID, {type.value: "valid"})
    assert len(from_strict_base64url(shown.challenges[0].token)) >= 16


def test_a_trusted_one_ends_by_deactivation_and_with_its_order() -> None:
    order = trusted(Identifier(IdentifierType.DNS, "a.example.com"))
    ended = trusted_authorization(replace(order, deactivated=(0,)), 0, ANSWERED_AT)
    assert ended.status is AuthorizationStatus.DEACTIVATED
    assert trusted_authorization(order, 0, ANSWERED_AT + WEEK).status is AuthorizationStatus.EXPIRED


def trusted(identifier: Identifier) -> Order:
    return Order(
        id="ord-1",
        account_id="acct-1",
        eab_key_id="eab-1",
        identifiers=(identifier,),
        profile_id="server",
        mode=AuthorizationMode.TRUSTED,
        created_at=ANSWERED_AT,
        expires_at=ANSWERED_AT + WEEK,
    )
