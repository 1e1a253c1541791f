"""Whether certificates of CAs outside the stack, which endpoints serve, have been revoked."""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from time import monotonic
from urllib.parse import urlsplit

from cryptography import x509

from certctl.connectors.http.failures import NotFetched
from certctl.connectors.relying_party import RelyingParty
from certctl.crypto.fingerprints import fingerprint_sha256
from certctl.crypto.inventory.judging import ChainJudge
from certctl.crypto.inventory.revocation_lists import VerifiedCrl, crl_url, responder_url, verified_crl
from certctl.crypto.status.crl import CrlInvalid
from certctl.crypto.status.ocsp_checking import OcspInvalid, OcspStatus, question_about, verified_answer
from certctl.domain.inventory.endpoints.probes import Probe, Revocation
from certctl.domain.inventory.endpoints.reported import ReportedProbe
from certctl.observability import logger

LARGEST_CRL = 10 * 1024 * 1024
_LONGEST = timedelta(hours=20)
"""The daily probe asks again."""
_AGAIN = timedelta(hours=1)
_MOST_ANSWERS = 2_000
_MOST_CRLS = 4
_MOST_HOSTS = 100
_MOST_DEAD = 5
"""Hosts that gave nothing usable in the last hour: each may have cost ten seconds."""
_RUN = timedelta(minutes=4)
_MOST_SECONDS = 60.0
"""What requests take in one run of the prober."""


@dataclass(frozen=True)
class _Answer:
    revocation: Revocation
    until: datetime


@dataclass(frozen=True)
class ForeignRevocations:
    """Asks once for each certificate until nextUpdate, 20 hours at most: a CRL of 10 MiB at most if the
    certificate names one, else OCSP. Only certificates with a verified path are asked for, so that a server
    cannot choose what is fetched. Not thread-safe."""

    party: RelyingParty
    now: Callable[[], datetime]
    timer: Callable[[], float] = monotonic
    _answers: dict[str, _Answer] = field(default_factory=dict, init=False)
    _crls: dict[str, VerifiedCrl] = field(default_factory=dict, init=False)
    _dead: dict[str, datetime] = field(default_factory=dict, init=False)
    _spent: deque[tuple[datetime, float]] = field(default_factory=lambda: deque(maxlen=500), init=False)

    def looked_up(self, probe: Probe, reported: ReportedProbe, judge: ChainJudge) -> Probe:
        """The probe with what is known of each leaf. `judge` knows the CAs of the stack, whose revocations
        are in its tables."""
        found: dict[str, Revocation] = {}
        for shown in set(reported.chains):
            pair = judge.issued(shown, self.now())
            if pair is not None:
                found[fingerprint_sha256(pair[0])] = self._revocation(*pair)
        return probe.with_revocations(found) if found else probe

    def _revocation(self, leaf: x509.Certificate, issuer: x509.Certificate) -> Revocation:
        fingerprint, now = fingerprint_sha256(leaf), self.now()
        known = self._answers.get(fingerprint)
        if known is not None and now < known.until:
            return known.revocation
        url = crl_url(leaf) or responder_url(leaf)
        if url is None or leaf.not_valid_after_utc <= now:
            return Revocation.NOT_TOLD
        answer = self._asked(url, leaf, issuer)
        _keep(self._answers, fingerprint, answer, _MOST_ANSWERS)
        return answer.revocation

    def _asked(self, url: str, leaf: x509.Certificate, issuer: x509.Certificate) -> _Answer:
        host, now = urlsplit(url).netloc, self.now()
        if not self._may_ask(host, now):
            return _Answer(Revocation.UNKNOWN, now)
        began = self.timer()
        try:
            return self._told(url, leaf, issuer)
        except (NotFetched, CrlInvalid, OcspInvalid) as error:
            logger.warning("a revocation is unknown", extra={"url": url, "fault": str(error)})
            _keep(self._dead, host, now, _MOST_HOSTS)
            return _Answer(Revocation.UNKNOWN, now + _AGAIN)
        finally:
            self._spent.append((now, self.timer() - began))

    def _may_ask(self, host: str, now: datetime) -> bool:
        silent = {each for each, at in self._dead.items() if now - at < _AGAIN}
        spent = sum(seconds for at, seconds in self._spent if now - at < _RUN)
        return host not in silent and len(silent) < _MOST_DEAD and spent < _MOST_SECONDS

    def _told(self, url: str, leaf: x509.Certificate, issuer: x509.Certificate) -> _Answer:
        now = self.now()
        if crl_url(leaf) is not None:
            crl = self._crl(url, issuer)
            is_revoked, ends = crl.lists(leaf), crl.next_update
        else:
            question = question_about(issuer, leaf.serial_number)
            verdict = verified_answer(self.party.body_of(question.get_url(url)), question, now)
            if verdict.status is OcspStatus.UNKNOWN:
                raise OcspInvalid("the responder does not know the certificate")
            is_revoked, ends = verdict.status is OcspStatus.REVOKED, verdict.next_update
        return _Answer(Revocation.REVOKED if is_revoked else Revocation.GOOD, min(ends, now + _LONGEST))

    def _crl(self, url: str, issuer: x509.Certificate) -> VerifiedCrl:
        kept = f"{fingerprint_sha256(issuer)} {url}"
        crl = self._crls.get(kept)
        if crl is None or crl.next_update <= self.now() or self.now() - crl.read_at >= _LONGEST:
            crl = verified_crl(self.party.body_of(url), issuer, url, self.now())
            _keep(self._crls, kept, crl, _MOST_CRLS)
        return crl


def _keep[Kept](kept: dict[str, Kept], name: str, value: Kept, most: int) -> None:
    kept.pop(name, None)
    kept[name] = value
    if len(kept) > most:
        kept.pop(next(iter(kept)))
