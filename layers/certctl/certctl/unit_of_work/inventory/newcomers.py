"""Decides what a certificate is that the inventory sees for the first time."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from certctl.crypto.inventory.facts import parse
from certctl.crypto.inventory.public_trust import publicly_trusted
from certctl.crypto.inventory.responders import is_ocsp_responder
from certctl.crypto.inventory.signatures import is_signed_by
from certctl.crypto.pem import certificate_der, load_certificate
from certctl.domain.authorities.authorities import Authority
from certctl.domain.inventory.belonging import Belonging
from certctl.domain.inventory.expiry import planned
from certctl.domain.inventory.observed import ObservedCertificate, ParsedCertificate
from certctl.domain.inventory.statuses import ObservedState, Trust
from certctl.domain.status.ocsp import RESPONDER_CERTIFICATE, RESPONDER_SERIAL_KEPT
from certctl.store.authorities.authorities import AuthorityStore
from certctl.store.inventory.known_versions import KnownVersions
from certctl.store.paging import in_parallel
from certctl.unit_of_work.inventory.belongings import Belongings
from certctl.unit_of_work.inventory.issuances import WITHOUT_RECORD, Issuances, Signed


@dataclass(frozen=True)
class _Own:
    """`signers`: the CA of this stack that signed a certificate, by fingerprint. `ca_keys`: the SHA-256 of
    the public keys of all CAs of this stack. `public`: the certificates that public roots lead to."""

    signers: Mapping[str, str]
    ca_keys: frozenset[str]
    public: frozenset[str]

    def trust_of(self, fingerprint: str) -> Trust:
        if fingerprint in self.signers:
            return Trust.OURS
        return Trust.PUBLIC if fingerprint in self.public else Trust.UNKNOWN

    def is_ca_of_ours(self, parsed: ParsedCertificate) -> bool:
        return parsed.facts.is_ca and parsed.spki_sha256 in self.ca_keys


@dataclass(frozen=True)
class Newcomers:
    """Issuing writes nothing here: a leaf of a CA of ours is recognized by its signature, serial, key and
    fingerprint, one of an external issuer by its fingerprint."""

    authorities: AuthorityStore
    issuances: Issuances
    versions: KnownVersions
    belongings: Belongings

    def made(
        self,
        parsed: Sequence[ParsedCertificate],
        chains: Mapping[str, Sequence[bytes]],
        team_id: str,
        now: datetime,
    ) -> list[ObservedCertificate]:
        """The records of new certificates; `chains` have the DER that each was found with, by fingerprint;
        `team_id` is the team of the source."""
        if not parsed:
            return []
        retired, current = in_parallel(self.authorities.retired, self.authorities.all)
        cas = {ca.subject_key_identifier: ca for ca in (*retired, *current)}
        public = publicly_trusted(parsed, chains, now)
        own = _Own(self._of_our_cas(parsed, cas), frozenset(map(_key_of, cas.values())), public)
        of_others = [p.fingerprint for p in parsed if not p.facts.is_ca and p.fingerprint not in own.signers]
        managed = (
            self._managed(parsed, own.signers)
            | _former_responders(parsed, own, now)
            | self.versions.by_fingerprint(of_others)
        )
        belonging = self._belonging(parsed, managed, team_id)
        return [_new(each, belonging[each.fingerprint], own, managed, now, team_id) for each in parsed]

    def _belonging(
        self, parsed: Sequence[ParsedCertificate], managed: Mapping[str, str], reporter: str
    ) -> dict[str, Belonging]:
        """Whose each certificate is, by fingerprint. A CA is the reporter's."""
        records = self.belongings.of_records(set(managed.values()))
        of_records = {each: records[known] for each, known in managed.items() if known in records}
        leaves = [each for each in parsed if not each.facts.is_ca and each.fingerprint not in of_records]
        others = self.belongings.of_others(leaves, reporter)
        return {each.fingerprint: Belonging(reporter) for each in parsed} | others | of_records

    def _of_our_cas(
        self, parsed: Sequence[ParsedCertificate], cas: Mapping[str, Authority]
    ) -> dict[str, str]:
        """The CA of each certificate that a CA of ours has signed, by fingerprint."""
        signers = ((each, cas.get(each.facts.issuer_key_id)) for each in parsed)
        return {each.fingerprint: ca.ca_id for each, ca in signers if ca and _is_signed_by(each, ca)}

    def _managed(self, parsed: Sequence[ParsedCertificate], signers: Mapping[str, str]) -> dict[str, str]:
        """The certificate's id for each that a CA of ours has issued, by fingerprint."""
        found = self.issuances.of(
            [_signed(p, signers[p.fingerprint]) for p in parsed if p.fingerprint in signers]
        )
        return {fingerprint: known for fingerprint, known in found.items() if known is not None}


def _signed(parsed: ParsedCertificate, ca_id: str) -> Signed:
    facts = parsed.facts
    return Signed(
        ca_id, parsed.fingerprint, facts.serial_number, facts.not_after, parsed.spki_sha256, parsed.der
    )


def _key_of(ca: Authority) -> str:
    return parse(certificate_der(load_certificate(ca.certificate_pem))).spki_sha256


def _is_signed_by(parsed: ParsedCertificate, ca: Authority) -> bool:
    return is_signed_by(parsed.der, certificate_der(load_certificate(ca.certificate_pem)))


def _former_responders(parsed: Sequence[ParsedCertificate], own: _Own, now: datetime) -> dict[str, str]:
    """OCSP responders of our CAs whose serials are no longer kept, for they ended long ago."""
    ended = [each for each in parsed if each.facts.not_after + RESPONDER_SERIAL_KEPT < now]
    ours = [each for each in ended if each.fingerprint in own.signers and is_ocsp_responder(each.der)]
    return {each.fingerprint: RESPONDER_CERTIFICATE for each in ours}


def _new(
    parsed: ParsedCertificate,
    belonging: Belonging,
    own: _Own,
    managed: Mapping[str, str],
    now: datetime,
    reporter: str,
) -> ObservedCertificate:
    certificate_id = managed.get(parsed.fingerprint)
    is_known = certificate_id is not None or own.is_ca_of_ours(parsed)
    record = ObservedCertificate(
        fingerprint=parsed.fingerprint,
        facts=parsed.facts,
        spki_sha256=parsed.spki_sha256,
        names_digest=parsed.names_digest,
        first_seen_at=now,
        team_id=belonging.team_id,
        owner_id=belonging.owner_id,
        tags=belonging.tags,
        by_hand=belonging.by_hand,
        reporter_team_id=None if belonging.team_id == reporter else reporter,
        state=ObservedState.MANAGED if is_known else ObservedState.UNMANAGED,
        certificate_id=None if certificate_id in WITHOUT_RECORD else certificate_id,
        trust=own.trust_of(parsed.fingerprint),
    )
    return planned(record)
