"""Revocation by ACME clients (RFC 8555 section 7.6): by their account, or by the key of the certificate."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from cryptography import x509

from certctl.crypto.acme.cert_ids import cert_id_of
from certctl.crypto.fingerprints import spki_sha256
from certctl.crypto.names import from_general_name
from certctl.crypto.pem import UNREADABLE, certificate_der, load_certificate
from certctl.domain.access.permissions import ALL_TEAMS, Role
from certctl.domain.access.principals import Principal
from certctl.domain.acme.eab_keys import AuthorizationMode
from certctl.domain.acme.ordering.refusals import busy, in_acme_terms
from certctl.domain.acme.ordering.revocation_reasons import reason_of, require_reason_of_others
from certctl.domain.acme.problems import AcmeProblem, ProblemType
from certctl.domain.acme.views import AcmeCaller
from certctl.domain.audit.events import Actor, ActorType
from certctl.domain.certificates.certificates import Certificate
from certctl.domain.certificates.statuses import Lifecycle
from certctl.domain.certificates.versions import Version, newest_valid
from certctl.domain.errors import Conflict, InvalidInput
from certctl.domain.revocation.reasons import HOLD, KEY_COMPROMISE
from certctl.domain.revocation.requests import RevocationRequest
from certctl.domain.revocation.revocations import Revocation
from certctl.store.paging import in_parallel
from certctl.unit_of_work.acme.authorized_names import AuthorizedNames
from certctl.unit_of_work.acme.issued import IssuedCertificates, IssuedSerial
from certctl.unit_of_work.revoking import Revoking
from certctl.unit_of_work.stores import Stores

ACTOR = Actor("system/acme_api", ActorType.SYSTEM)
"""Who revokes for the holder of a certificate's key."""
_TRIES = 4
_UNKNOWN = "This server has not issued this certificate."
_EXPIRED = "This certificate has expired."
_NOT_YOURS = (
    "This ACME account may not revoke this certificate: it did not order it, and holds no valid "
    "authorizations for all of its names."
)
_OTHER_KEY = "The request is signed with another key than that of the certificate."


@dataclass(frozen=True)
class _Found:
    """A version as it is stored, with its record and the record's other unexpired versions."""

    leaf: x509.Certificate
    record: Certificate
    version: Version
    versions: Sequence[Version]
    marks: Mapping[str, Revocation]

    @property
    def mark(self) -> Revocation | None:
        return self.marks.get(self.version.serial_number)

    def is_last(self, now: datetime) -> bool:
        """Whether its record, of an ACME client, has no other valid version, and none is being issued."""
        if self.record.acme is None or self.record.open_job_id is not None:
            return False
        gone = frozenset([self.version.serial_number, *self.marks])
        is_only = newest_valid(self.versions, gone, now) is None
        return is_only and self.record.lifecycle is not Lifecycle.REVOKED


@dataclass(frozen=True)
class Revocations:
    stores: Stores
    issued: IssuedCertificates
    authorized: AuthorizedNames
    revoking: Revoking
    now: Callable[[], datetime]

    def by_account(self, caller: AcmeCaller, der: bytes, reason_code: int | None) -> None:
        """Revokes a certificate that the ACME account ordered; for few reasons one that another of the same
        trusted EAB key ordered, or for whose names the ACME account holds authorizations: within the grants
        of its service account. Blocks no key. Raises AcmeProblem, Unavailable."""
        reason = reason_of(reason_code)
        leaf, serial = self._genuine(der)
        shown = {"acme_account_id": caller.account.id}
        with in_acme_terms():
            self._repeat(leaf, serial, reason, _Revoker(caller.principal, shown, caller))

    def by_key(self, key_sha256: str, der: bytes, reason_code: int | None) -> None:
        """Revokes the certificate for the holder of its key, whose SubjectPublicKeyInfo has this SHA-256, and
        blocks the key if it is compromised. Raises AcmeProblem, Unavailable."""
        reason = reason_of(reason_code)
        leaf, serial = self._genuine(der)
        if spki_sha256(leaf.public_key()) != key_sha256:
            raise AcmeProblem(ProblemType.UNAUTHORIZED, _OTHER_KEY)
        principal = Principal(ACTOR.id, Role.ADMIN, (ALL_TEAMS,), actor_type=ACTOR.type)
        with in_acme_terms():
            self._repeat(leaf, serial, reason, _Revoker(principal, {"key_sha256": key_sha256}))

    def _genuine(self, der: bytes) -> tuple[x509.Certificate, IssuedSerial]:
        """The certificate, if one of the stack's CAs has issued exactly this one: a forged one finds nothing.
        Three reads."""
        try:
            leaf = x509.load_der_x509_certificate(der)
            cert_id = cert_id_of(leaf)
        except UNREADABLE:
            raise AcmeProblem(ProblemType.MALFORMED, "This is not a certificate in DER.") from None
        serial = self.issued.find(cert_id) if cert_id else None
        stored = None
        if serial is not None:
            stored = self.stores.certificates.pem_now(serial.known.certificate_id, serial.serial_number)
        if serial is None or stored is None or _der_of(stored.certificate_pem) != der:
            raise AcmeProblem(ProblemType.MALFORMED, _UNKNOWN, 404)
        if serial.known.not_after <= self.now():
            raise AcmeProblem(ProblemType.MALFORMED, _EXPIRED)
        return leaf, serial

    def _repeat(self, leaf: x509.Certificate, serial: IssuedSerial, reason: str, revoker: "_Revoker") -> None:
        """Decides again if the record has changed."""
        for _ in range(_TRIES):
            found = self._read(leaf, serial)
            self._require_revocable(found, reason, revoker)
            self._require_authorized(found, reason, revoker)
            try:
                self._revoke(found, reason, revoker)
            except Conflict:
                continue
            return
        raise busy("The record of this certificate keeps changing; try again.")

    def _read(self, leaf: x509.Certificate, serial: IssuedSerial) -> _Found:
        """The record first: its revision says later whether anything has changed."""
        now, certificate_id = self.now(), serial.known.certificate_id
        record = self.stores.certificates.get(certificate_id)
        versions = self.stores.certificates.unexpired_versions(certificate_id, now)
        version = next((each for each in versions if each.serial_number == serial.serial_number), None)
        if record is None or version is None:
            raise AcmeProblem(ProblemType.MALFORMED, _UNKNOWN, 404)
        return _Found(leaf, record, version, versions, self.stores.marks_of(versions))

    def _require_revocable(self, found: _Found, reason: str, revoker: "_Revoker") -> None:
        """What is revoked may only become a compromised key, and that key a blocked one."""
        mark = found.mark
        if mark is None or mark.reason == HOLD:
            return
        if reason != KEY_COMPROMISE or (mark.reason == reason and not self._has_to_block(found, revoker)):
            detail = f"This certificate is revoked already, for {mark.reason}."
            raise AcmeProblem(ProblemType.ALREADY_REVOKED, detail)

    def _has_to_block(self, found: _Found, revoker: "_Revoker") -> bool:
        listed = self.stores.refused_keys.compromised
        return revoker.caller is None and not listed.contains(spki_sha256(found.leaf.public_key()))

    def _require_authorized(self, found: _Found, reason: str, revoker: "_Revoker") -> None:
        caller = revoker.caller
        if caller is None:
            return
        job, is_authorized = in_parallel(
            lambda: self.stores.jobs.get(found.version.job_id),
            lambda: self.authorized.include(caller.account.id, _names_of(found.leaf), self.now()),
        )
        if job is not None and job.requested_by == caller.account.id:
            return
        if not (is_authorized or _is_of_trusted_key(found.record, caller)):
            raise AcmeProblem(ProblemType.UNAUTHORIZED, _NOT_YOURS)
        require_reason_of_others(reason)

    def _revoke(self, found: _Found, reason: str, revoker: "_Revoker") -> None:
        """Raises Conflict if the record has changed."""
        record, serial = found.record, found.version.serial_number
        wanted = RevocationRequest(reason, shown=revoker.shown, blocks_keys=revoker.caller is None)
        if found.is_last(self.now()):
            shown = revoker.shown | {"serial_number": serial}
            of_record = replace(wanted, expected_revision=record.revision, shown=shown)
            self.revoking.revoke(revoker.principal, record.id, of_record)
            return
        self.revoking.revoke_version(revoker.principal, record.id, serial, wanted)


@dataclass(frozen=True)
class _Revoker:
    """`caller` is None for the holder of the certificate's key. `shown` are details of the event."""

    principal: Principal
    shown: dict[str, str]
    caller: AcmeCaller | None = None


def _is_of_trusted_key(record: Certificate, caller: AcmeCaller) -> bool:
    is_trusted = caller.eab_key.authorization is AuthorizationMode.TRUSTED
    return is_trusted and record.acme is not None and record.acme.eab_key_id == caller.eab_key.id


def _names_of(leaf: x509.Certificate) -> frozenset[str]:
    """The names as in records; of other kinds than ACME has, so that no authorization includes them, too."""
    try:
        names = leaf.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
        return frozenset(str(from_general_name(name)) for name in names)
    except (InvalidInput, *UNREADABLE):
        return frozenset({"unreadable"})


def _der_of(pem: str) -> bytes:
    return certificate_der(load_certificate(pem))
