"""The first deploy: roles and KMS grants made seconds ago are not known everywhere yet."""

from datetime import datetime, timedelta

import pytest
from botocore.exceptions import ClientError

from certctl.domain.errors import Conflict, NotServed, Unavailable
from certctl.services.authorities.setup_retry import SetupRetry
from tests.support.authorities.pki import Pki
from tests.support.clock import Clock

LONGEST = timedelta(seconds=120)


def refused(code: str = "AccessDeniedException") -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": "not yet"}}, "Sign")


class Attempts:
    """Fails `times` times with `error`, then succeeds."""

    def __init__(self, error: Exception, times: int) -> None:
        self.error, self.left, self.made = error, times, 0

    def __call__(self) -> str:
        self.made += 1
        if self.made <= self.left:
            raise self.error
        return "done"


def patience(clock: Clock) -> SetupRetry:
    return SetupRetry(LONGEST, clock, lambda seconds: clock.advance(timedelta(seconds=seconds)))


@pytest.mark.parametrize("error", [refused(), refused("AccessDenied"), Unavailable("KMS is away")])
def test_what_settles_is_waited_for(clock: Clock, error: Exception) -> None:
    attempts = Attempts(error, 6)
    assert patience(clock).until_done(attempts) == "done"
    assert attempts.made == 7


@pytest.mark.parametrize(
    "error", [refused("ValidationException"), Conflict("other key"), NotServed("no DNS")]
)
def test_what_does_not_settle_fails_at_once(clock: Clock, error: Exception) -> None:
    attempts, began = Attempts(error, 1), clock()
    with pytest.raises(type(error)):
        patience(clock).until_done(attempts)
    assert (attempts.made, clock()) == (1, began)


def test_it_ends_within_two_minutes_with_the_last_failure(clock: Clock) -> None:
    began: datetime = clock()
    with pytest.raises(ClientError):
        patience(clock).until_done(Attempts(refused(), 1000))
    assert timedelta(seconds=90) < clock() - began <= LONGEST


def test_a_first_deploy_that_kms_refused_at_first_makes_one_pair_of_cas(pki: Pki) -> None:
    loads = Attempts(refused(), 3)

    def load_key(arn: str) -> object:
        loads()
        return pki.keys[arn]

    authority = pki.authority(load_key=load_key)
    made = patience(pki.clock).until_done(authority.initialize)
    assert {a.ca_id for a in pki.authorities.all()} == {made.root.ca_id, made.issuing.ca_id}
    assert made.waits_for == ""
