"""Rotations and revocations of CAs in any order, with crashes between a CA's row and the root's CRL
(docs/revocation.md#what-tests-search, of the root).

The long search is `CA_RUNS=10000 .venv/bin/pytest --timeout 0 tests/integration/authorities/revoked -k
invariants`; each run is a sequence of up to 12 events.
"""

import os
from collections.abc import Callable
from contextlib import ExitStack, suppress
from datetime import timedelta
from itertools import pairwise
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from certctl.connectors.aws.objects import Objects
from certctl.crypto.authorities.facts import facts_of
from certctl.crypto.pem import load_certificate
from certctl.crypto.status.crl import CrlSummary, inspect_crl
from certctl.domain.authorities.authorities import FIRST_SHARD, Authority, NewAuthority, object_key
from certctl.domain.authorities.revoked_cas import CaRevocationRequest
from certctl.domain.authorities.states import AuthorityState
from certctl.domain.errors import Conflict
from tests.support.authorities.authority import kms_key
from tests.support.authorities.pki import BUCKET, Pki, new_keys
from tests.support.aws.clients import local_aws, new_database
from tests.support.aws.memory_s3 import MemoryS3
from tests.support.clock import Clock

_KEYS = new_keys() | {
    f"arn:next{number}": kms_key(ec.generate_private_key(ec.SECP256R1())) for number in range(3)
}
_moments = st.integers(0, 4)


class Crash(BaseException):
    """The function is gone: nothing of it handles this."""


def _crash() -> None:
    raise Crash


class _Stopping(Objects):
    """Runs `act` once, at one of the moments before and after each put: 0 is before the first one."""

    def __init__(self, s3: Any, moment: int, act: Callable[[], object]) -> None:
        super().__init__(s3, BUCKET)
        self._left = moment
        self._act = act

    def _pass(self) -> None:
        self._left -= 1
        if self._left == -1:
            self._act()

    def put(self, *args: Any) -> str:
        self._pass()
        etag = super().put(*args)
        self._pass()
        return etag


class Cas(RuleBasedStateMachine):
    """`revoked`: what was asked for, the reason by CA. `editions`: of the root's CRL, in order."""

    @initialize()
    def a_stack(self) -> None:
        self.stack = ExitStack()
        self.stack.enter_context(local_aws())
        self.s3 = MemoryS3()
        self.pki = Pki(new_database(), self.s3, Clock(), dict(_KEYS))
        self.pki.authority().initialize()
        (self.root,) = [each for each in self.pki.authorities.all() if each.role == "root"]
        self.editions: list[CrlSummary] = []
        self.asked: set[str] = set()
        self.rotations = 0

    def teardown(self) -> None:
        if hasattr(self, "stack"):
            self.stack.close()

    @rule(moment=_moments)
    def rotate(self, moment: int) -> None:
        """What stopped is finished by the same call, as its caller would."""
        if self.rotations == len(_KEYS) - 2:
            return
        wanted = NewAuthority("iss-local", f"arn:next{self.rotations}")
        with suppress(Crash):
            self.pki.local_issuers(objects=_Stopping(self.s3, moment, _crash)).rotate(wanted)
        self.pki.local_issuers().rotate(wanted)
        self.rotations += 1

    @rule(number=st.integers(0, 3), moment=_moments, reason=st.sampled_from(["superseded", "caCompromise"]))
    def revoke_ca(self, number: int, moment: int, reason: str) -> None:
        """The CA's row is written first; it may end before or after the root's CRL."""
        self._revoke(number, reason, _Stopping(self.s3, moment, _crash))

    @rule(number=st.integers(0, 3), moment=_moments)
    def revoke_ca_while_another_does(self, number: int, moment: int) -> None:
        def other() -> None:
            self._revoke(number + 1, "superseded", self.pki.objects)

        self._revoke(number, "caCompromise", _Stopping(self.s3, moment, other))

    def _revoke(self, number: int, reason: str, objects: Objects) -> None:
        issuing = self._issuing()
        ca = issuing[number % len(issuing)]
        serial = facts_of(ca.certificate_pem).serial_number
        wanted = CaRevocationRequest(ca.ca_id, reason, serial, force=ca.state is AuthorityState.ACTIVE)
        self.asked.add(ca.ca_id)
        with suppress(Crash, Conflict):  # the reason of a revoked CA may only become caCompromise
            self.pki.admin(objects=objects).cas.ca_revocation.revoke(wanted)

    @rule(days=st.sampled_from([0.001, 1, 14, 16]))
    def wait(self, days: float) -> None:
        self.pki.clock.advance(timedelta(days=days))

    @rule()
    def settle(self) -> None:
        """The daily run: what was committed before is public."""
        self.pki.admin().cas.root_publication.keep_up()
        listed = self._published().serials
        assert listed == {facts_of(ca.certificate_pem).serial_number for ca in self._revoked()}

    def _issuing(self) -> list[Authority]:
        """In the same order in each run; ids of one moment have none."""
        issuing = (each for each in self.pki.authorities.all() if each.role == "issuing")
        return sorted(issuing, key=lambda ca: ca.key_arn)

    def _revoked(self) -> list[Authority]:
        return [each for each in self._issuing() if each.revoked_at]

    def _published(self) -> CrlSummary:
        stored = self.pki.objects.get(object_key(self.root.crl_url))
        assert stored
        return inspect_crl(stored.body, load_certificate(self.root.certificate_pem))

    @invariant()
    def a_revoked_ca_issues_nothing_and_is_due_in_the_root_s_crl(self) -> None:
        active = self.pki.authorities.active_issuing("iss-local")
        assert active is None or active.revoked_at is None
        assert {each.ca_id for each in self._revoked()} == self.asked
        for ca in self._revoked():
            serial = facts_of(ca.certificate_pem).serial_number
            stored = self.pki.revocations.find(self.root.ca_id, FIRST_SHARD, serial)
            assert stored
            assert (stored.revoked_at, stored.reason) == (ca.revoked_at, ca.revocation_reason)

    @invariant()
    def the_root_s_crl_rises_and_drops_no_ca(self) -> None:
        crl = self._published()
        if not self.editions or self.editions[-1].number != crl.number:
            self.editions.append(crl)
        for older, newer in pairwise(self.editions):
            assert newer.number > older.number
            assert newer.this_update >= older.this_update
            assert newer.serials >= older.serials


Cas.TestCase.settings = settings(
    max_examples=int(os.environ.get("CA_RUNS", "4")),
    stateful_step_count=12,
    deadline=None,
    derandomize="CA_RUNS" not in os.environ,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
TestCas = Cas.TestCase
