"""A stack's PKI on moto tables and bucket, with signers in memory: moto's KMS hashes a digest again."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from certctl.compose.crl_publisher import CrlPublisher
from certctl.compose.rooms.base import Overrides
from certctl.compose.stack_admin import StackAdmin
from certctl.connectors.authorities.linter import Linter
from certctl.connectors.aws.objects import Objects
from certctl.crypto.ca_keys import CaPrivateKey
from certctl.crypto.kms_key import InKms
from certctl.domain.authorities.authorities import Authority, CrlShard
from certctl.domain.authorities.key_specs import KeySpec
from certctl.domain.authorities.lint import LintFinding
from certctl.domain.authorities.sharding import DEPLOYED, Sharding
from certctl.domain.authorities.states import AuthorityState
from certctl.domain.ids import new_id
from certctl.domain.revocation.revocations import Revocation
from certctl.services.authorities.activation import CaActivation
from certctl.services.authorities.lint import LintDers
from certctl.services.authorities.provisioning import CaProvisioning
from certctl.services.authorities.roots.making import RootMaking
from certctl.services.authorities.setup import AuthoritySettings, CertificateAuthority
from certctl.services.authorities.setup_retry import SetupRetry
from certctl.services.status.crl_runs import CrlRuns
from certctl.store.authorities.authorities import AuthorityStore
from certctl.store.authorities.items import AuthorityItem
from certctl.store.database import Database
from certctl.store.keys import AUTHORITY
from certctl.store.revocation.revocations import RevocationStore
from certctl.store.status.crl_changes import CrlChangeStore
from certctl.store.writes import update
from certctl.unit_of_work.status.crl_publishing import CrlPublication
from tests.support.authorities.authority import held_key, kms_key
from tests.support.aws.least_privilege import unconfined
from tests.support.clock import Clock

BUCKET = "pki-objects"
HOST = "pki.example.com"
SETTINGS = AuthoritySettings(
    HOST, "arn:root", "arn:issuing", "CN=Test Root,O=Example", "CN=Test Issuing,O=Example"
)


def lint(ders: Sequence[bytes]) -> list[list[LintFinding]]:
    """Lints like status_watch."""
    return [Linter().findings(der) for der in ders]


@dataclass(frozen=True)
class Pki:
    """The collaborators of a function; tests replace the objects and keys to fail or to interleave."""

    database: Database
    s3: Any
    clock: Clock
    keys: dict[str, InKms]
    sharding: Sharding = DEPLOYED
    crl_spacing: timedelta = timedelta(0)
    """No time between editions: in most tests the clock stands still."""

    @property
    def authorities(self) -> AuthorityStore:
        return AuthorityStore(self.database)

    @property
    def revocations(self) -> RevocationStore:
        return RevocationStore(self.database)

    @property
    def changes(self) -> CrlChangeStore:
        return CrlChangeStore(self.database)

    @property
    def objects(self) -> Objects:
        return Objects(self.s3, BUCKET)

    def overrides(
        self,
        objects: Objects | None = None,
        load_key: Callable[[str], CaPrivateKey] | None = None,
    ) -> Overrides:
        return Overrides(
            now=self.clock,
            sleep=lambda _: None,
            database=self.database,
            ca_key=lambda authority: self.keys[authority.key_arn],
            load_key=load_key or self.keys.__getitem__,
            pki_objects=objects or self.objects,
            sharding=self.sharding,
            crl_spacing=self.crl_spacing,
        )

    def publishing(self, objects: Objects | None = None) -> CrlRuns:
        return CrlPublisher(self.overrides(objects)).runs

    def publication(self, objects: Objects | None = None) -> CrlPublication:
        return CrlPublisher(self.overrides(objects)).publication

    def admin(
        self,
        settings: AuthoritySettings = SETTINGS,
        objects: Objects | None = None,
        load_key: Callable[[str], CaPrivateKey] | None = None,
        request_crls: Callable[[str], object] | None = None,
        require_served: Callable[[Authority, CrlShard], object] = lambda authority, shard: None,
        lint_certificates: LintDers = lint,
    ) -> StackAdmin:
        admin = StackAdmin(self.overrides(objects, load_key))
        admin.cas.authority_settings = settings
        admin.cas.request_crls = request_crls or self.publishing(objects).publish_due_of
        admin.cas.require_served = require_served
        admin.cas.lint_certificates = lint_certificates
        admin.cas.patience = SetupRetry(timedelta(0), self.clock, lambda _: None)
        return admin

    def authority(self, settings: AuthoritySettings = SETTINGS, **replaced: Any) -> CertificateAuthority:
        """`replaced` as for `admin`."""
        return self.admin(settings, **replaced).cas.certificate_authority

    def activation(self, **replaced: Any) -> CaActivation:
        return self.admin(**replaced).cas.ca_activation

    def local_issuers(self, objects: Objects | None = None, **replaced: Any) -> CaProvisioning:
        return self.admin(objects=objects, **replaced).cas.local_issuers

    def roots(self, objects: Objects | None = None, **replaced: Any) -> RootMaking:
        return self.admin(objects=objects, **replaced).cas.root_making

    def new_key(self, arn: str = "arn:second", spec: KeySpec = KeySpec.ECC_NIST_P256) -> str:
        """The ARN of a further key for a CA."""
        self.keys.setdefault(arn, kms_key(held_key(spec)))
        return arn

    def revoke(
        self, authority: Authority, serial: str, reason: str = "unspecified", **fields: Any
    ) -> Revocation:
        """Writes what a revocation's transaction does: the row and the counter."""
        revocation = self.revocation(authority, serial, reason, **fields)
        bump = self.changes.bump_step(authority.ca_id, revocation.crl_shard, serial)
        with unconfined():
            self.database.transact([self.revocations.add_step(revocation), bump])
        return revocation

    def unhold(self, revocation: Revocation) -> None:
        bump = self.changes.bump_step(revocation.ca_id, revocation.crl_shard, revocation.serial_number)
        with unconfined():
            self.database.transact([self.revocations.remove_step(revocation), bump])

    def revocation(
        self, authority: Authority, serial: str, reason: str = "unspecified", **fields: Any
    ) -> Revocation:
        now = self.clock().replace(microsecond=0)
        made = Revocation(
            id=new_id("rev", now),
            ca_id=authority.ca_id,
            crl_shard=0,
            serial_number=serial,
            certificate_id="mc-1",
            issuer_id=authority.issuer_id,
            reason=reason,
            revoked_by="key-1",
            revoked_at=now,
            not_after=now + timedelta(days=90),
        )
        return replace(made, **fields)

    def set_state(self, authority: Authority, state: AuthorityState) -> None:
        key = AuthorityItem(AUTHORITY, authority.ca_id)
        self.database.write(update(key, [AuthorityItem.state.set(state)], AuthorityItem.id.exists()))


def new_keys(
    root: KeySpec = KeySpec.ECC_NIST_P384, issuing: KeySpec = KeySpec.ECC_NIST_P256
) -> dict[str, InKms]:
    return {"arn:root": kms_key(held_key(root)), "arn:issuing": kms_key(held_key(issuing))}
