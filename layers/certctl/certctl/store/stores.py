"""The stores that the use cases on certificates share."""

from dataclasses import dataclass

from certctl.store.authorities import AuthorityStore
from certctl.store.certificates import CertificateStore
from certctl.store.compromised_keys import CompromisedKeyStore
from certctl.store.crl_changes import CrlChangeStore
from certctl.store.database import Database
from certctl.store.jobs import JobStore
from certctl.store.ledger import Ledger
from certctl.store.revocations import RevocationStore


@dataclass(frozen=True)
class Stores:
    database: Database
    certificates: CertificateStore
    jobs: JobStore
    authorities: AuthorityStore
    revocations: RevocationStore
    crl_changes: CrlChangeStore
    compromised_keys: CompromisedKeyStore
    ledger: Ledger
