from collections.abc import Iterator
from datetime import timedelta

import pytest

from certctl.compose.rooms.base import DEPLOYED, Overrides
from certctl.domain.authorities.states import AuthorityState
from certctl.store.status.ocsp_responders import ResponderStore
from tests.support.authorities.pki import Pki
from tests.support.aws.least_privilege import Privileges
from tests.support.aws.local_kms import LocalKms
from tests.support.functions.deployed import compose
from tests.support.status.responder import Responding, running


@pytest.fixture
def responding(pki: Pki, kms: LocalKms) -> Responding:
    """A stack of the test's own, whose issuing CA has its responder."""
    compose(Overrides(database=pki.database, now=pki.clock, crl_spacing=timedelta(0)))
    return Responding(pki, kms, Privileges()).started()


@pytest.fixture
def uninitialized(pki: Pki, kms: LocalKms) -> Responding:
    """A stack that no deploy has initialized yet. Its clock advances while a function sleeps."""
    compose(
        Overrides(
            database=pki.database,
            now=pki.clock,
            sleep=lambda seconds: pki.clock.advance(timedelta(seconds=seconds)),
            crl_spacing=timedelta(0),
        )
    )
    return Responding(pki, kms, Privileges())


@pytest.fixture(scope="module")
def shared_stack() -> Iterator[Responding]:
    with running() as responding:
        yield responding


@pytest.fixture
def answering(shared_stack: Responding) -> Iterator[Responding]:
    """The module's stack at the time of its start, in processes that have just started: the CA is active and
    has a responder. Only further serials are left of other tests."""
    pki, began = shared_stack.pki, shared_stack.pki.clock.time
    compose(Overrides(database=pki.database, now=pki.clock, crl_spacing=timedelta(0)))
    shared_stack.kms.decrypted_with.clear()
    yield shared_stack
    pki.clock.time = began
    pki.set_state(shared_stack.first, AuthorityState.ACTIVE)
    if ResponderStore(pki.database).get(shared_stack.first.ca_id) is None:
        shared_stack.publish()
    compose(DEPLOYED)
