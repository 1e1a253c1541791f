"""Answers OCSP requests: what the tables say of each certificate, signed. Writes nothing.

The promise: an answer whose reads began after the 200 of a revocation never says good. `producedAt` is taken
before the first read, and the reads are consistent: the serial's row, which names the shard, then the
revocation's. A serial without a row is never good, and costs one read: anyone may invent serials.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from certctl.crypto.status.ocsp_requests import (
    CertificateId,
    MalformedOcspRequest,
    OcspRequest,
    parse_ocsp_request,
)
from certctl.crypto.status.ocsp_responses import (
    OcspError,
    Responder,
    RevokedSince,
    SingleAnswer,
    build_response,
    error_response,
)
from certctl.domain.errors import Unavailable
from certctl.domain.ids import shards_ever_for
from certctl.domain.revocation.reasons import CA_COMPROMISE, HOLD, REASON_CODES
from certctl.domain.status.ocsp import (
    StoredCa,
    StoredResponder,
    StoredRevocation,
    StoredSerial,
    answer_ends,
    is_forgotten,
)
from certctl.observability import logger
from certctl.store.status.ocsp_reads import OcspReads

PATIENCE = timedelta(seconds=2)
"""Longer reads are answered with tryLater: a client that waits longer gives up anyway."""

_READ_AGAIN_AFTER = timedelta(minutes=5)


@dataclass(frozen=True)
class OcspAnswer:
    """`der`: the response. `produced_at` and `next_update` are None for an error. `unknown` counts the
    certificates that the CA never issued."""

    der: bytes
    produced_at: datetime | None = None
    next_update: datetime | None = None
    may_be_cached: bool = False
    unknown: int = 0


class _Refused(Exception):
    def __init__(self, error: OcspError) -> None:
        super().__init__(error.name)
        self.error = error


@dataclass(frozen=True)
class _OpenResponder:
    """A responder with its key in memory, and its CA. They are read again after `until`. `is_recovering`: a
    restore has not yet found all serials that the tables have lost."""

    ca: StoredCa
    stored: StoredResponder
    responder: Responder
    until: datetime
    is_recovering: bool


@dataclass(frozen=True)
class OcspAnswers:
    """`open_key` decrypts a responder's key: a call of KMS, once for each key and process. An answer is valid
    for `validity`."""

    reads: OcspReads
    open_key: Callable[[StoredResponder], Responder]
    validity: timedelta
    now: Callable[[], datetime]
    _ca_ids: dict[str, str] = field(default_factory=dict, init=False)
    _opened: dict[str, _OpenResponder] = field(default_factory=dict, init=False)

    def answer(self, body: bytes) -> OcspAnswer:
        """Raises nothing: a failure is an error response."""
        try:
            return self._answer(parse_ocsp_request(body))
        except MalformedOcspRequest:
            return OcspAnswer(error_response(OcspError.MALFORMED_REQUEST))
        except _Refused as refused:
            return OcspAnswer(error_response(refused.error))
        except Unavailable:
            logger.warning("the tables or KMS did not answer in time", exc_info=True)
            return OcspAnswer(error_response(OcspError.TRY_LATER))
        except Exception:
            logger.exception("an OCSP request was not answered")
            return OcspAnswer(error_response(OcspError.INTERNAL_ERROR))

    def _answer(self, request: OcspRequest) -> OcspAnswer:
        # ADR 42: before the reads, so that an answer cannot be newer than what it says.
        produced_at = self.now().replace(microsecond=0)
        until = self.now() + PATIENCE
        ca_id = self._ca_of(request)
        opened = self._responder_of(ca_id, produced_at)
        by_serial = {serial: self._single(opened, serial, until) for serial in _serials(request)}
        answers = [_repeating(each, by_serial[each.serial]) for each in request.certificates]
        next_update = answer_ends(produced_at, self.validity, opened.stored.not_after)
        unknown = sum(not answer.is_issued and answer.revoked is None for answer in answers)
        return OcspAnswer(
            der=build_response(opened.responder, answers, produced_at, next_update, request.nonce),
            produced_at=produced_at,
            next_update=next_update,
            may_be_cached=request.nonce is None and unknown == 0,
            unknown=unknown,
        )

    def _ca_of(self, request: OcspRequest) -> str:
        """Raises _Refused unless all CertIDs mean one CA, which is ours."""
        first, *others = {certificate.issuer for certificate in request.certificates}
        ca_id = self._ca_id(first)
        if ca_id is None or any(self._ca_id(issuer) != ca_id for issuer in others):
            raise _Refused(OcspError.UNAUTHORIZED)
        return ca_id

    def _ca_id(self, issuer: str | None) -> str | None:
        """The names of a CA never change: those that are known are kept until it is gone, and nobody
        else's."""
        if issuer is None or issuer in self._ca_ids:
            return self._ca_ids.get(issuer or "")
        ca_id = self.reads.ca_of(issuer)
        if ca_id is not None:
            self._ca_ids[issuer] = ca_id
        return ca_id

    def _forget(self, ca_id: str) -> None:
        """Forgets a CA's names: after a restore another CA of the same name and key may have them."""
        for issuer in [each for each, known in self._ca_ids.items() if known == ca_id]:
            del self._ca_ids[issuer]

    def _responder_of(self, ca_id: str, now: datetime) -> _OpenResponder:
        """Raises _Refused if the CA is retired, or has no valid responder."""
        known = self._opened.get(ca_id)
        if known is not None and now < known.until:
            return known
        ca = self.reads.ca(ca_id)
        if ca is None:
            self._forget(ca_id)
            raise _Refused(OcspError.UNAUTHORIZED)
        stored = self.reads.responder(ca_id)
        if stored is None or stored.not_after <= now:
            logger.error("the CA has no valid OCSP responder", extra={"ca_id": ca_id})
            raise _Refused(OcspError.INTERNAL_ERROR)
        is_same = known is not None and known.stored == stored
        responder = known.responder if known and is_same else self.open_key(stored)
        until = min(now + _READ_AGAIN_AFTER, stored.not_after)
        opened = _OpenResponder(ca, stored, responder, until, self.reads.is_recovering(now))
        self._opened[ca_id] = opened
        return opened

    def _single(self, opened: _OpenResponder, serial: str | None, until: datetime) -> SingleAnswer:
        """The answer without its CertID. Revoked before issued: a serial that was only reserved may be
        revoked. Raises _Refused for a certificate that expired long ago, Unavailable."""
        if serial is None:
            return SingleAnswer(b"", is_issued=False, revoked=_with_all(None, opened.ca, None))
        self._require_time(until)
        ca_id = opened.stored.ca_id
        known = self.reads.serial(ca_id, serial)
        shards = [known.crl_shard] if known else _shards_of_lost(serial, opened)
        found = self._revocation(ca_id, shards, serial, until)
        ends = [row.not_after for row in (known, found) if row is not None]
        if ends and is_forgotten(max(ends), self.now()):
            raise _Refused(OcspError.UNAUTHORIZED)
        revoked = _with_all(found, opened.ca, known)
        return SingleAnswer(b"", known is not None and known.is_issued, revoked)

    def _revocation(
        self, ca_id: str, shards: Sequence[str], serial: str, until: datetime
    ) -> StoredRevocation | None:
        for shard in shards:
            self._require_time(until)
            found = self.reads.revocation(ca_id, shard, serial)
            if found is not None:
                return found
        return None

    def _require_time(self, until: datetime) -> None:
        if self.now() > until:
            raise Unavailable("The reads took too long.")


def _with_all(
    found: StoredRevocation | None, ca: StoredCa, known: StoredSerial | None
) -> RevokedSince | None:
    """What a certificate was revoked for: itself, or with all of its CA, the earlier of both. A hold does not
    count, for it may end. A certificate that the tables do not know is revoked too: an attacker with the key
    of the CA may have signed it. Responders' own are not, so that clients which look them up believe it."""
    since = None if known is not None and known.is_responder else ca.all_revoked_at
    if since and (found is None or found.reason == HOLD or found.revoked_at > since):
        return RevokedSince(since, REASON_CODES[CA_COMPROMISE])
    return RevokedSince(found.revoked_at, REASON_CODES[found.reason] or None) if found else None


def _shards_of_lost(serial: str, opened: _OpenResponder) -> Sequence[str]:
    """Where the revocation of a serial may be that the tables have lost: what is revoked must not become
    unknown until a restore has stored it again."""
    return shards_ever_for(serial) if opened.is_recovering else ()


def _serials(request: OcspRequest) -> dict[str | None, None]:
    """Each once, in order."""
    return dict.fromkeys(certificate.serial for certificate in request.certificates)


def _repeating(certificate: CertificateId, found: SingleAnswer) -> SingleAnswer:
    return SingleAnswer(certificate.der, found.is_issued, found.revoked)
