"""Certificates that were issued between a backup and its restore: no table has them, and those that are found
get their serial back, so that they can be revoked."""

from dataclasses import dataclass
from functools import cached_property

from certctl.crypto.inventory.crl_urls import crl_urls
from certctl.domain.authorities.authorities import FIRST_SHARD, Authority, shard_for
from certctl.domain.certificates.statuses import VersionState
from certctl.domain.inventory.observed import ObservedCertificate
from certctl.domain.inventory.restores import RestoreWindow
from certctl.domain.revocation.revocations import UNKNOWN_CERTIFICATE
from certctl.store.authorities.authorities import AuthorityStore
from certctl.store.certificates.certificates import CertificateStore
from certctl.store.database import Database
from certctl.store.inventory.observed import ObservedStore
from certctl.store.inventory.restore_windows import RestoreWindowStore
from certctl.store.issuing.serials import KnownSerial, SerialStore
from certctl.store.writes import Write
from certctl.unit_of_work.inventory.issuances import Issuances, Signed


@dataclass(frozen=True)
class Issuance:
    """`is_known_again`: a restore has brought the serial back since the certificate was first seen.
    `is_second`: another certificate was issued with its serial. `window`:
    the newest restore that may have lost it, None if there is none. `serial` is the write that restores the
    row of its serial, and that is refused with ChangedMeanwhile if there is one."""

    is_known_again: bool = False
    is_second: bool = False
    window: RestoreWindow | None = None
    serial: Write | None = None


@dataclass(frozen=True)
class LostIssuances:
    database: Database

    @cached_property
    def windows(self) -> RestoreWindowStore:
        return RestoreWindowStore(self.database)

    @cached_property
    def _authorities(self) -> AuthorityStore:
        return AuthorityStore(self.database)

    @cached_property
    def _serials(self) -> SerialStore:
        return SerialStore(self.database)

    def issuance_of(self, certificate: ObservedCertificate) -> Issuance:
        """How a certificate came about that a CA of this stack has signed, and that it had not issued when
        it was first seen. Eight reads at most."""
        authority, serial = self._signer(certificate), certificate.facts.serial_number
        if authority is None:
            return Issuance()
        issued = self._issued(authority.ca_id, certificate)
        if certificate.fingerprint in issued:
            is_same = issued[certificate.fingerprint] is not None
            return Issuance(is_known_again=is_same, is_second=not is_same)
        window = next((each for each in self.windows.newest() if each.covers(certificate)), None)
        if window is None:
            return Issuance()
        found = KnownSerial(
            certificate_id=UNKNOWN_CERTIFICATE,
            crl_shard=self._shard(authority, certificate),
            not_after=certificate.facts.not_after,
            spki_sha256=certificate.spki_sha256,
            state=VersionState.ISSUED,
        )
        step = self._serials.found_step(authority.ca_id, serial, found)
        return Issuance(window=window, serial=step)

    def _issued(self, ca_id: str, certificate: ObservedCertificate) -> dict[str, str | None]:
        facts, der = certificate.facts, ObservedStore(self.database).der_of(certificate.fingerprint)
        signed = Signed(
            ca_id,
            certificate.fingerprint,
            facts.serial_number,
            facts.not_after,
            certificate.spki_sha256,
            der or b"",
        )
        return Issuances(self._serials, CertificateStore(self.database)).of([signed])

    def _signer(self, certificate: ObservedCertificate) -> Authority | None:
        key_id = certificate.facts.issuer_key_id
        known = [*self._authorities.all(), *self._authorities.retired()]
        return next((each for each in known if each.subject_key_identifier == key_id), None)

    def _shard(self, authority: Authority, certificate: ObservedCertificate) -> int:
        """The shard whose CRL the certificate names, or the one that the issuance would have chosen."""
        shards = self._authorities.numbered_shards(authority.ca_id)
        der = ObservedStore(self.database).der_of(certificate.fingerprint)
        urls = crl_urls(der) if der is not None else []
        named = next((each for each in shards if each.url in urls), None)
        if named is None and any(each.open for each in shards):
            named = shard_for(certificate.facts.serial_number, shards)
        return int(named.shard if named else FIRST_SHARD)
