"""Keys of CAs in KMS, and the lists that are published with them."""

from functools import cached_property
from typing import TYPE_CHECKING

from certctl import config

if TYPE_CHECKING:
    from certctl.compose.rooms.base import Base
    from certctl.connectors.aws.objects import Objects
    from certctl.crypto.ca_keys import CaPrivateKey
    from certctl.domain.authorities.authorities import Authority
    from certctl.store.authorities.authorities import AuthorityStore
    from certctl.unit_of_work.status.crl_publishing import CrlPublication


class AuthorityFactories:
    def __init__(self, base: "Base") -> None:
        self._base = base

    def ca_key(self, authority: "Authority") -> "CaPrivateKey":
        """Signs in KMS; no round trip until then."""
        if self._base.overrides.ca_key is not None:
            return self._base.overrides.ca_key(authority)
        from certctl.connectors.aws.kms import key_of_certificate
        from certctl.crypto.pem import load_certificate

        certificate = load_certificate(authority.certificate_pem)
        return key_of_certificate(self._base.client("kms"), authority.key_arn, certificate)

    def wrapped(self, key_der: bytes, ca_id: str) -> bytes:
        """One call of KMS."""
        from certctl.connectors.aws.wrapping import KeyWrapping, responder_context

        wrapping = KeyWrapping(self._base.client("kms"), config.ocsp_key_arn())
        return wrapping.wrap(key_der, responder_context(config.stack().name, ca_id))

    @cached_property
    def store(self) -> "AuthorityStore":
        from certctl.store.authorities.authorities import AuthorityStore

        return AuthorityStore(self._base.database)

    @cached_property
    def pki_objects(self) -> "Objects":
        if self._base.overrides.pki_objects is not None:
            return self._base.overrides.pki_objects
        from certctl.connectors.aws.objects import Objects

        return Objects(self._base.client("s3"), config.pki().bucket)

    @cached_property
    def crl_publication(self) -> "CrlPublication":
        from certctl.store.issuing.serials import SerialStore
        from certctl.store.revocation.revocations import RevocationStore
        from certctl.store.status.crl_changes import CrlChangeStore
        from certctl.store.status.crl_log import CrlLog
        from certctl.unit_of_work.status.crl_editions import CrlEditions
        from certctl.unit_of_work.status.crl_publishing import CrlPublication

        base, objects = self._base, self.pki_objects
        revocations, serials = RevocationStore(base.database), SerialStore(base.database)
        return CrlPublication(
            self.store,
            CrlChangeStore(base.database),
            CrlLog(base.database),
            objects,
            CrlEditions(self.store, revocations, serials, objects, self.ca_key),
            base.now,
            sleep=base.overrides.sleep,
        )
