"""Judges what a server showed: the chain, the names and the strength of its certificate. Bytes come from
strangers; whatever they are, the time that they take is bounded."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from cryptography import x509

from certctl.crypto.fingerprints import fingerprint_sha256
from certctl.crypto.inventory.host_names import has_name
from certctl.crypto.inventory.paths import TrustAnchors, lacks_issuer
from certctl.crypto.inventory.strength import is_too_large, is_weak, key_kind
from certctl.crypto.pem import UNREADABLE
from certctl.domain.inventory.endpoints.findings import Finding
from certctl.domain.inventory.endpoints.probes import (
    LARGEST_CERTIFICATE,
    MAX_ADDRESSES,
    MAX_CHAIN,
    AddressProbe,
    Handshake,
    Note,
    Probe,
    ServedLeaf,
)
from certctl.domain.inventory.endpoints.reported import ReportedProbe, ShownChain

_CLOCKS_DIFFER = timedelta(hours=1)
_SECOND = timedelta(seconds=1)


@dataclass(frozen=True)
class _Verdict:
    """What a chain is worth. `issuers` is the path above the leaf, empty without a valid one."""

    issuers: tuple[x509.Certificate, ...] = ()
    fault: Finding | None = None
    notes: frozenset[Note] = frozenset()


@dataclass(frozen=True)
class ChainJudge:
    """Judges by `anchors`. `known` are issuers that a chain may lack: CAs of the stack, and those of the
    certificates that an endpoint should serve, whose own root may be nobody's anchor."""

    anchors: TrustAnchors
    known: tuple[x509.Certificate, ...] = ()

    def probe(self, reported: ReportedProbe, name: str, now: datetime) -> Probe:
        """A report with its chains judged, each once."""
        leaves = {chain: self.judge(chain, name, now) for chain in set(reported.chains)}
        addresses = (
            AddressProbe(
                each.address,
                tuple(Handshake(h.offer, h.version, leaves[h.shown], h.error) for h in each.handshakes),
            )
            for each in reported.addresses[:MAX_ADDRESSES]
        )
        return Probe(reported.endpoint_id, reported.probed_at, tuple(addresses))

    def judge(self, shown: ShownChain, name: str, now: datetime) -> ServedLeaf | None:
        """The judged leaf; None if it has no readable certificate. A leaf that has expired is judged at its
        last moment: its end is reported by what tracks the certificate."""
        leaf, *sent = list(_certificates(shown.chain)) or [None]
        if leaf is None:
            return None
        try:
            return self._judged(leaf, [each for each in sent if each is not None], shown, name, now)
        except UNREADABLE:
            return None

    def issued(self, shown: ShownChain, now: datetime) -> tuple[x509.Certificate, x509.Certificate] | None:
        """The leaf and its issuer, by a valid path to an anchor; None without one, and if the issuer is
        `known`."""
        leaf, *sent = list(_certificates(shown.chain)) or [None]
        others = [each for each in sent if each is not None]
        if leaf is None or any(map(is_too_large, (leaf, *others))):
            return None
        try:
            issuers = self.anchors.path(leaf, others, _moment(leaf, now))
        except UNREADABLE:
            return None
        return (leaf, issuers[0]) if issuers and issuers[0] not in self.known else None

    def _judged(
        self,
        leaf: x509.Certificate,
        sent: list[x509.Certificate],
        shown: ShownChain,
        name: str,
        now: datetime,
    ) -> ServedLeaf:
        verdict = self._verdict(leaf, sent, shown, now)
        faults = {
            Finding.NAME_MISMATCH: not has_name(leaf, name),
            Finding.WEAK: is_weak(leaf, verdict.issuers),
        }
        found = {finding for finding, is_there in faults.items() if is_there}
        return ServedLeaf(
            fingerprint=fingerprint_sha256(leaf),
            key=key_kind(leaf),
            issuer=leaf.issuer.rfc4514_string(),
            not_after=leaf.not_valid_after_utc,
            faults=frozenset(found | ({verdict.fault} if verdict.fault else set())),
            notes=verdict.notes,
        )

    def _verdict(
        self, leaf: x509.Certificate, sent: list[x509.Certificate], shown: ShownChain, now: datetime
    ) -> _Verdict:
        others = [each for each in sent if not is_too_large(each)]
        if is_too_large(leaf) or len(others) < len(sent):
            return _Verdict(notes=frozenset({Note.NOT_VERIFIED}))
        at = _moment(leaf, now)
        issuers = self.anchors.path(leaf, others, at)
        if issuers is not None:
            return _good(issuers, others, at)
        completed = TrustAnchors(self.known).path(leaf, others, at)
        if completed is not None and all(each in others or _is_self_issued(each) for each in completed):
            return _good(completed, others, at)
        if shown.is_leaf_only:
            return _Verdict(completed or (), None, frozenset({Note.LEAF_ONLY}))
        is_incomplete = completed or (lacks_issuer(leaf, others) and _is_of_a_public_ca(leaf))
        return _Verdict(completed or (), Finding.CHAIN_INCOMPLETE if is_incomplete else Finding.UNTRUSTED)


def _good(
    issuers: tuple[x509.Certificate, ...], others: Sequence[x509.Certificate], at: datetime
) -> _Verdict:
    has_surplus = any(each.not_valid_after_utc <= at and each not in issuers for each in others)
    return _Verdict(issuers, None, frozenset({Note.SURPLUS_EXPIRED} if has_surplus else ()))


def _is_self_issued(certificate: x509.Certificate) -> bool:
    return certificate.subject == certificate.issuer


def _certificates(chain: Sequence[bytes]) -> Iterator[x509.Certificate | None]:
    """The certificates of a chain; None for one that is unreadable or too long."""
    for der in chain[:MAX_CHAIN]:
        try:
            yield x509.load_der_x509_certificate(der) if len(der) <= LARGEST_CERTIFICATE else None
        except UNREADABLE:
            yield None


def _moment(leaf: x509.Certificate, now: datetime) -> datetime:
    """The time to verify at: within the leaf's validity if that has ended, or begins by another clock."""
    if leaf.not_valid_before_utc - now <= _CLOCKS_DIFFER:
        now = max(now, leaf.not_valid_before_utc)
    return min(now, leaf.not_valid_after_utc - _SECOND)


def _is_of_a_public_ca(leaf: x509.Certificate) -> bool:
    """Certificate Transparency logs take certificates of public CAs alone."""
    try:
        leaf.extensions.get_extension_for_class(x509.PrecertificateSignedCertificateTimestamps)
    except UNREADABLE:
        return False
    return True
