"""Judges what a probe saw at each address."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from cryptography import x509

from certctl_client.inspection import chain_faults, described
from certctl_client.judging.certificates import (
    Fault,
    is_for,
    validity_faults,
    weak_faults,
)
from certctl_client.judging.kinds import Finding, Kind
from certctl_client.judging.protocols import old_versions
from certctl_client.plain_text import counted
from certctl_client.probing import probes
from certctl_client.probing.probes import AddressProbe, Handshake, Offer, Probe

_NOT_JUDGED = (probes.Fault.NO_ROUTE,)
# X509_V_ERR_...: certificates whose times are wrong, and an issuer that is not there (x509_vfy.h).
_TIMES = (9, 10)
_NO_ISSUER = (2, 20, 21)


@dataclass(frozen=True)
class Wishes:
    """`name` is what the certificate must be for. `issuer` is part of its issuer's name, or empty."""

    name: str
    days: int
    issuer: str = ""


@dataclass(frozen=True)
class Judged:
    """`chains` maps each chain that was shown, in DER, to its certificates as far as they can be read."""

    probe: Probe
    findings: Sequence[Finding]
    notes: Sequence[str]
    chains: Mapping[Sequence[bytes], Sequence[x509.Certificate]]

    @property
    def chain(self) -> Sequence[x509.Certificate]:
        """The first chain, empty if none was shown."""
        return next(iter(self.chains.values()), ())

    @property
    def verdict(self) -> str:
        kinds = {each.kind for each in self.findings}
        return "faulty" if kinds - {Kind.ENDS_SOON} else "ends soon" if kinds else "good"


def judged(probe: Probe, wishes: Wishes, now: datetime) -> Judged:
    judge = _Judge(wishes, now)
    for address in probe.addresses:
        for kind, message in judge.findings_at(address):
            judge.found.setdefault((kind, message), []).append(address.address)
    if probe.addresses and not judge.chains and not judge.found:
        judge.found[Kind.UNREACHABLE, "this host has no route to any of its addresses"] = []
    findings = [Finding(kind, text, tuple(where)) for (kind, text), where in judge.found.items()]
    findings.sort(key=lambda each: list(Kind).index(each.kind))
    leaves = {each[0] for each in judge.defaults}
    if len(leaves) > 1:
        judge.notes["its addresses show different certificates"] = None
    return Judged(probe, findings, list(judge.notes), judge.chains)


@dataclass
class _Judge:
    """`notes` are what is worth knowing, and no fault. `defaults` are the chains of the default offer."""

    wishes: Wishes
    now: datetime
    chains: dict[Sequence[bytes], Sequence[x509.Certificate]] = field(default_factory=dict)
    defaults: set[Sequence[bytes]] = field(default_factory=set)
    found: dict[tuple[Kind, str], list[str]] = field(default_factory=dict)
    notes: dict[str, None] = field(default_factory=dict)

    def findings_at(self, address: AddressProbe) -> Iterator[Fault]:
        default = address.handshakes[0]
        if default.fault in _NOT_JUDGED:
            self.notes[f"this host has no route to {address.address}"] = None
            return
        shown = list(dict.fromkeys(each.chain for each in address.handshakes if each.chain))
        if not shown:
            yield Kind.UNREACHABLE, _no_certificate(default)
            return
        if default.fault is not None and default.chain:
            self.notes[f"the handshake ends after the certificate: {default.detail}"] = None
        if default.chain:
            self.defaults.add(default.chain)
        yield from self._once(fault for chain in shown for fault in self._of_chain(chain))
        yield from self._of_trust(address)
        for version in old_versions(address):
            yield Kind.OLD_PROTOCOL, f"the server accepts {version}, which is deprecated"

    def _once(self, faults: Iterator[Fault]) -> Iterator[Fault]:
        yield from dict.fromkeys(faults)

    def _of_chain(self, chain: Sequence[bytes]) -> Iterator[Fault]:
        read = self.chains.setdefault(chain, _read(chain, self.now))
        if not read:
            yield Kind.UNTRUSTED, "its certificate cannot be read"
            return
        leaf = read[0]
        yield from validity_faults(1, leaf, self.now)
        days = (leaf.not_valid_after_utc - self.now).days
        if 0 <= days < self.wishes.days:
            yield Kind.ENDS_SOON, f"certificate 1 ends in {counted(days, 'day')}"
        if not is_for(leaf, self.wishes.name):
            yield Kind.NAME_MISMATCH, f"it is not for {self.wishes.name}"
        issuer = leaf.issuer.rfc4514_string()
        if self.wishes.issuer.casefold() not in issuer.casefold():
            yield Kind.UNEXPECTED, f"its issuer is {issuer}"
        yield from weak_faults(read)

    def _of_trust(self, address: AddressProbe) -> Iterator[Fault]:
        """A chain that is trusted is good, whatever else the server sends along: that is a note."""
        verified = address.of(Offer.TRUSTED)
        if verified is None or not verified.chain:
            return
        read = self.chains.setdefault(verified.chain, _read(verified.chain, self.now))
        others = [*chain_faults(read)]
        if not verified.verify_code:
            expired = (text for n, one in _above(read) for _, text in validity_faults(n, one, self.now))
            self.notes |= dict.fromkeys([*others, *expired])
            return
        if verified.verify_code in _TIMES:
            for number, one in _above(read):
                yield from validity_faults(number, one, self.now)
        elif verified.verify_code in _NO_ISSUER and _is_incomplete(read, others):
            yield Kind.CHAIN_INCOMPLETE, _missing(read, others)
        else:
            yield Kind.UNTRUSTED, f"a client refuses it: {verified.detail}"


def _read(chain: Sequence[bytes], now: datetime) -> Sequence[x509.Certificate]:
    """The certificates up to the first that cannot be read in full."""
    read = []
    for each in chain:
        try:
            certificate = x509.load_der_x509_certificate(each)
            described(certificate, now)  # most fields are parsed only when they are asked for
        except Exception:  # hostile bytes raise more kinds than the documentation names
            break
        read.append(certificate)
    return read


def _above(chain: Sequence[x509.Certificate]) -> Iterator[tuple[int, x509.Certificate]]:
    return enumerate(chain[1:], start=2)


def _is_incomplete(chain: Sequence[x509.Certificate], faults: Sequence[str]) -> bool:
    """Whether certificates between the server's own and a root are missing, as far as one can tell: in a
    chain without a gap, of two and more, only the root is missing."""
    return bool(chain) and (len(chain) == 1 or bool(faults))


def _missing(chain: Sequence[x509.Certificate], faults: Sequence[str]) -> str:
    if faults:
        return faults[0]
    return f"the certificate of {chain[-1].issuer.rfc4514_string()} is neither sent nor trusted"


def _no_certificate(handshake: Handshake) -> str:
    return f"it shows no certificate: {handshake.detail}"
