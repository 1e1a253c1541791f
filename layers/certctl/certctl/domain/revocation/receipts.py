"""Receipts: when a relying party could first see a revocation, in a CRL and by OCSP
(docs/revocation.md#receipts)."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class Receipt:
    """`due_at` is the moment of the revocation until all is seen, then None; it is None as well for
    revocations that nobody watches. For each way: when the relying party first saw a verified body that lists
    the revocation (`seen_at`), how many seconds after the revocation that was, the last look that is known
    not to have seen it (`unseen_at`), and the SHA-256 of the body. `crl_number` is that of the CRL that was
    seen: CRLs that were served between two looks may list the revocation too. OCSP is not asked about those
    that are `ocsp_sampled_out`. `expired_unseen_at`: when it was found that the certificate had expired
    before all was seen; nothing has to show it any more."""

    due_at: datetime | None = None
    crl_number: int | None = None
    crl_seen_at: datetime | None = None
    crl_seconds: float | None = None
    crl_unseen_at: datetime | None = None
    crl_sha256: str | None = None
    ocsp_seen_at: datetime | None = None
    ocsp_seconds: float | None = None
    ocsp_unseen_at: datetime | None = None
    ocsp_sha256: str | None = None
    ocsp_sampled_out: bool = False
    expired_unseen_at: datetime | None = None

    @property
    def is_watched(self) -> bool:
        """False for revocations of earlier releases, of external issuers and of a restore."""
        moments = (self.due_at, self.crl_seen_at, self.expired_unseen_at)
        return any(moment is not None for moment in moments)

    @property
    def is_complete(self) -> bool:
        """Whether it was seen by every way that is watched."""
        return self.due_at is None and self.expired_unseen_at is None


NO_RECEIPT = Receipt()
