"""OCSP answers under any order of events, also between the reads of one answer.

The long search is `OCSP_RUNS=10000 .venv/bin/pytest --timeout 0 tests/unit/status`; each run is a sequence of
up to 50 events.
"""

import os
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from certctl.crypto.pem import certificate_pem
from certctl.crypto.serials import serial_text
from certctl.crypto.status.ocsp_issuers import issuer_keys
from certctl.crypto.status.ocsp_responses import Responder
from certctl.domain.ids import shard_of
from certctl.domain.status.ocsp import RESPONDER_VALIDITY, StoredResponder
from certctl.domain.times import to_wire
from certctl.services.status.ocsp_answers import OcspAnswers
from certctl.store.status.ocsp_reads import OcspReads, responder_text
from tests.support.authorities.authority import new_authority
from tests.support.status.ocsp import a_responder, request_of

_AUTHORITY = new_authority()
_RESPONDERS = [a_responder(_AUTHORITY) for _ in range(3)]
_SERIALS = (1, 2)
_TABLES = {name: name for name in ("state", "serials", "revocations")}
_LIFETIME = timedelta(days=2)
_REASONS = ("unspecified", "keyCompromise", "superseded")
_GOOD, _REVOKED = ocsp.OCSPCertStatus.GOOD, ocsp.OCSPCertStatus.REVOKED
_EVENTS = ("revoke", "hold", "unhold", "swap", "tick")
_serials = st.sampled_from(_SERIALS)
_NEVER_OVER = datetime(2100, 1, 1, tzinfo=UTC)


class _Tables:
    """DynamoDB's GetItem over rows in memory. Each of `before_read` runs before a read, as another process
    might."""

    def __init__(self) -> None:
        self.rows: dict[tuple[str, ...], dict[str, Any]] = {}
        self.before_read: list[Callable[[], None]] = []

    def get_item(self, TableName: str, Key: dict[str, dict[str, str]], **_: Any) -> dict[str, Any]:
        if self.before_read:
            self.before_read.pop(0)()
        found = self.rows.get((TableName, *(value["S"] for value in Key.values())))
        return {"Item": found} if found else {}


class Ocsp(RuleBasedStateMachine):
    """`issued`, `ended` (revoked, no hold) and `held` are what has been committed."""

    def __init__(self) -> None:
        super().__init__()
        self.now = datetime.now(UTC).replace(microsecond=0)
        self.tables = _Tables()
        self.issued: set[int] = set()
        self.ended: set[int] = set()
        self.held: set[int] = set()
        self.marked: set[int] = set()
        """Revoked or put on hold during the latest answer."""
        self.ends: dict[int, datetime] = {}
        self.is_compromised = False
        """All of the CA is revoked."""
        self.open_shards = 1
        self.shards: dict[int, str] = {}
        """The shards that the serials' certificates name."""
        self.responders: dict[str, StoredResponder] = {}
        self.answers = self._new_process()

    def _new_process(self) -> OcspAnswers:
        client: Any = self.tables
        validity = timedelta(hours=24)  # the longest: it ends with the responder most often
        return OcspAnswers(OcspReads(client, _TABLES), self._opened, validity, lambda: self.now)

    def _opened(self, stored: StoredResponder) -> Responder:
        return _RESPONDERS[int(stored.serial_number)]

    @initialize()
    def a_ca(self) -> None:
        self.tables.rows["state", "ca", "ca-1"] = {"id": {"S": "ca-1"}}
        for issuer in issuer_keys(certificate_pem(_AUTHORITY.issuing)):
            self.tables.rows["state", "ocsp_issuer", issuer] = {"body": {"S": "ca-1"}}
        self._swapped(0)

    @rule(number=st.integers(0, 2))
    def swap_responder(self, number: int) -> None:
        self._swapped(number)

    def _swapped(self, number: int) -> None:
        certificate = _RESPONDERS[number].certificate
        made = StoredResponder("ca-1", str(number), certificate, b"", self.now, self.now + RESPONDER_VALIDITY)
        self.responders[certificate.hex()] = made
        self.tables.rows["state", "ocsp_responder", "ca-1"] = {"body": {"S": responder_text(made)}}

    @rule()
    def restart(self) -> None:
        self.answers = self._new_process()

    @precondition(lambda self: len(self.issued) > 1)
    @rule(serials=st.lists(_serials, min_size=1, max_size=3))
    def revoke_all_of_the_ca(self, serials: list[int]) -> None:
        """Late, for nothing is good after it. A process may know it five minutes later."""
        row = self.tables.rows["state", "ca", "ca-1"]
        row.setdefault("revoked_at", {"S": to_wire(self.now)})
        row["ocsp_revokes_all"] = {"BOOL": True}
        self.now += timedelta(minutes=5)
        self.is_compromised = True
        self.ask(serials, [])

    @rule()
    def open_further_shards(self) -> None:
        self.open_shards = min(max(16, 2 * self.open_shards), 128)

    @rule(serial=_serials, state=st.sampled_from(["reserved", "issued", "abandoned"]))
    def reserve_or_issue(self, serial: int, state: str) -> None:
        """A serial is never taken back: what is issued stays so."""
        if serial in self.issued:
            return
        self.ends.setdefault(serial, self.now + _LIFETIME)
        shard = self.shards.setdefault(serial, str(shard_of(serial_text(serial), self.open_shards)))
        row = {
            "crl_shard": {"N": shard},
            "not_after": {"S": to_wire(self.ends[serial])},
            "state": {"S": state},
        }
        self.tables.rows["serials", self._ca_serial(serial)] = row
        if state == "issued":
            self.issued.add(serial)

    @rule(serial=_serials, reason=st.sampled_from(_REASONS))
    def revoke(self, serial: int, reason: str) -> None:
        self._revoked(serial, reason)

    def _revoked(self, serial: int, reason: str) -> None:
        if serial in self.ends:
            self._put_revocation(serial, reason)
            self.held.discard(serial)
            self.ended.add(serial)

    @rule(serial=_serials)
    def hold(self, serial: int) -> None:
        self._held(serial)

    def _held(self, serial: int) -> None:
        if serial in self.ends and serial not in self.ended:
            self._put_revocation(serial, "certificateHold")
            self.held.add(serial)

    @rule(serial=_serials)
    def unhold(self, serial: int) -> None:
        self._unheld(serial)

    def _unheld(self, serial: int) -> None:
        if serial in self.held:
            del self.tables.rows[self._revocation_of(serial)]
            self.held.remove(serial)

    @rule(serial=_serials)
    def lose_the_serial_in_a_restore(self, serial: int) -> None:
        """Loses a serial whose revocation is there, or restored from the CRL, in its shard. The responder is
        paused until the mark is set."""
        self.tables.rows["state", "ocsp_recovery", "serials"] = {"body": {"S": to_wire(_NEVER_OVER)}}
        self.tables.rows.pop(("serials", self._ca_serial(serial)), None)
        self.issued.discard(serial)
        self.restart()

    @rule()
    def end_the_restore(self) -> None:
        """Each revocation has its serial again."""
        for serial in self.ended | self.held:
            row = {"crl_shard": {"N": self.shards[serial]}, "state": {"S": "abandoned"}}
            row["not_after"] = {"S": to_wire(self.ends[serial])}
            self.tables.rows.setdefault(("serials", self._ca_serial(serial)), row)
        self.tables.rows.pop(("state", "ocsp_recovery", "serials"), None)

    @rule(hours=st.sampled_from([0.01, 0.1, 47.5, 71.5, 200]))
    def wait(self, hours: float) -> None:
        self.now += timedelta(hours=hours)

    @rule(
        serials=st.lists(_serials, min_size=1, max_size=3),
        between=st.lists(st.tuples(st.sampled_from(_EVENTS), _serials), max_size=5),
    )
    def ask(self, serials: list[int], between: list[tuple[str, int]]) -> None:
        """The events of `between` are committed before the reads, one each."""
        began, issued = self.now, set(self.issued)
        ended, held = set(self.ended), set(self.held)
        self.marked.clear()
        self.tables.before_read = [partial(self._event, name, number) for name, number in between]
        answer = self.answers.answer(request_of(_AUTHORITY.issuing, serials).der)
        self.tables.before_read = []
        response = ocsp.load_der_ocsp_response(answer.der)
        if response.response_status is not ocsp.OCSPResponseStatus.SUCCESSFUL:
            return
        assert response.produced_at_utc == began
        self._check_signer(response)
        for serial, single in zip(serials, response.responses, strict=True):
            if serial in ended:
                assert single.certificate_status is _REVOKED
            if serial in held and ("unhold", serial) not in between:
                assert single.certificate_status is _REVOKED
            if single.certificate_status is _GOOD:
                assert serial in issued
                assert not self.is_compromised
            if single.certificate_status is _REVOKED:
                assert serial in ended | held | self.marked or self.is_compromised

    def _check_signer(self, response: ocsp.OCSPResponse) -> None:
        """Checks that the signer is of the CA, and valid for as long as the answer."""
        (signer,) = response.certificates
        signer.verify_directly_issued_by(_AUTHORITY.issuing)
        stored = self.responders[signer.public_bytes(Encoding.DER).hex()]
        for single in response.responses:
            assert single.next_update_utc is not None
            assert response.produced_at_utc < single.next_update_utc <= stored.not_after

    def _event(self, name: str, number: int) -> None:
        match name:
            case "revoke":
                self._revoked(number, "unspecified")
            case "hold":
                self._held(number)
            case "unhold":
                self._unheld(number)
            case "swap":
                self._swapped(number % len(_RESPONDERS))
            case "tick":
                self.now += timedelta(seconds=1)

    def _put_revocation(self, serial: int, reason: str) -> None:
        self.marked.add(serial)
        self.tables.rows[self._revocation_of(serial)] = {
            "revoked_at": {"S": to_wire(self.now)},
            "reason": {"S": reason},
            "not_after": {"S": to_wire(self.ends[serial])},
        }

    def _revocation_of(self, serial: int) -> tuple[str, str, str]:
        return "revocations", f"ca-1#{self.shards[serial]}", serial_text(serial)

    @staticmethod
    def _ca_serial(serial: int) -> str:
        return f"ca-1#{serial_text(serial)}"


Ocsp.TestCase.settings = settings(
    max_examples=int(os.environ.get("OCSP_RUNS", "100")),
    stateful_step_count=50,
    deadline=None,
    derandomize="OCSP_RUNS" not in os.environ,
)
TestOcsp = Ocsp.TestCase
