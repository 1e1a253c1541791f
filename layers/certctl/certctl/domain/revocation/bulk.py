"""Bulk revocations: the selection of certificates, and the progress.

A certificate's part in the counts follows from its stored record alone: revoked for this reason since the
bulk revocation began counts as done, by any caller. So a worker that stops anywhere may process and count its
certificates again with the same result.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import Enum, auto
from functools import cache
from typing import TYPE_CHECKING

from certctl.domain.certificates.statuses import Lifecycle, Status
from certctl.domain.errors import InvalidInput
from certctl.domain.filters import equals
from certctl.domain.record_fields import FieldUse, names_for
from certctl.domain.revocation.reasons import HOLD, KEY_COMPROMISE

if TYPE_CHECKING:
    from certctl.domain.certificates.certificates import Certificate
    from certctl.domain.revocation.requests import RevocationRequest

MAX_NAMED = 1000
MAX_ERRORS = 20
MAX_RETRIES = 500
"""Certificates that wait for their second try; more are tried before the scan continues."""
_MAX_ERROR = 256


@cache
def selectors() -> Mapping[str, str]:
    """The filters by their names in the API."""
    return _filters("selects", "narrows")


def _filters(*uses: FieldUse) -> dict[str, str]:
    # not at import: who reads jobs needs no certificates
    from certctl.domain.certificates.certificates import Certificate

    return names_for(Certificate, *uses)


@dataclass(frozen=True)
class Selection:
    """Every filter that is given must match. `certificate_ids` are sorted and unique."""

    certificate_ids: tuple[str, ...] = ()
    # fields of certificate: selection
    owner_id: str | None = None
    team_id: str | None = None
    issuer_id: str | None = None
    certificate_profile_id: str | None = None
    environment: str | None = None
    # end of fields
    status: Status | None = None

    def require_choice(self) -> None:
        """Raises InvalidInput: a status or an environment alone could match the whole inventory."""
        choosing = {"certificate_ids": "certificate_ids"} | _filters("selects")
        if not any(getattr(self, name) for name in choosing.values()):
            raise InvalidInput.of("body", f"give at least one of {', '.join(choosing)}")

    def covers(self, certificate: "Certificate") -> bool:
        """Whether the filters match, except for the status, which revoking changes."""
        if self.certificate_ids and certificate.id not in self.certificate_ids:
            return False
        return equals(certificate, self, other_rules={"certificate_ids", "status"})


def require_lasting(wanted: "RevocationRequest") -> None:
    """Raises InvalidInput: a hold is ended one by one, by somebody who looks at each."""
    if wanted.reason == HOLD:
        raise InvalidInput.of("reason", f"{HOLD} is for single certificates; give a reason that lasts")


class Outcome(Enum):
    """`SKIPPED`: already revoked when its turn came."""

    DONE = auto()
    SKIPPED = auto()


@dataclass(frozen=True)
class Failure:
    certificate_id: str
    error: str


Result = Outcome | Failure


@dataclass(frozen=True)
class Progress:
    """`total` is None until all are known. `matched` certificates of the scan so far; those in none of
    `done`, `skipped` and `failed` get their second try at the end."""

    total: int | None = None
    matched: int = 0
    done: int = 0
    skipped: int = 0
    failed: int = 0
    errors: tuple[Failure, ...] = ()

    def counting(self, results: Sequence[Result]) -> "Progress":
        """Failures are final; the first few are kept."""
        failures = _failures(results)
        return replace(
            self,
            done=self.done + results.count(Outcome.DONE),
            skipped=self.skipped + results.count(Outcome.SKIPPED),
            failed=self.failed + len(failures),
            errors=(*self.errors, *failures)[:MAX_ERRORS],
        )


@dataclass(frozen=True)
class BulkRevocation:
    """`position` is where the scan continues, empty at its start. `retries` have failed once."""

    selection: Selection
    wanted: "RevocationRequest"
    progress: Progress = Progress()
    position: str = ""
    is_walked: bool = False
    retries: tuple[str, ...] = ()

    @property
    def is_over(self) -> bool:
        return self.is_walked and not self.retries

    @property
    def must_retry(self) -> bool:
        return bool(self.retries) and (self.is_walked or len(self.retries) >= MAX_RETRIES)

    def walked(self, position: str | None, matched: int, results: Sequence[Result]) -> "BulkRevocation":
        """The progress after a chunk of the scan; `position` is None at its end. Failed ones are tried
        again."""
        failures = _failures(results)
        progress = self.progress.counting([r for r in results if isinstance(r, Outcome)])
        progress = replace(progress, matched=progress.matched + matched)
        if position is None and progress.total is None:
            progress = replace(progress, total=progress.matched)
        return replace(
            self,
            progress=progress,
            position=position or self.position,
            is_walked=position is None,
            retries=(*self.retries, *(failure.certificate_id for failure in failures)),
        )

    def retried(self, results: Sequence[Result]) -> "BulkRevocation":
        """The progress after the second try of the first so many: a failure is now final."""
        return replace(self, progress=self.progress.counting(results), retries=self.retries[len(results) :])

    def means(self, certificate: "Certificate", began: datetime, now: datetime) -> bool:
        """Whether to revoke it: created before the start, selected, and not in a final state that revoking
        would leave unchanged."""
        selection = self.selection
        if certificate.created_at > began or not selection.covers(certificate):
            return False
        if selection.status is not None and certificate.status(now) is not selection.status:
            return False
        return _may_end(certificate, self.wanted.reason, now)

    def has_ended(self, certificate: "Certificate", began: datetime) -> bool:
        """Whether it was revoked for this reason since the start."""
        revoked = certificate.lifecycle is Lifecycle.REVOKED
        return (
            revoked
            and certificate.revocation_reason == self.wanted.reason
            and certificate.updated_at >= began
            and self.selection.covers(certificate)
        )


def bulk_revocation(selection: Selection, wanted: "RevocationRequest") -> BulkRevocation:
    """Raises InvalidInput."""
    selection.require_choice()
    require_lasting(wanted)
    named = len(selection.certificate_ids)
    return BulkRevocation(selection, wanted, Progress(total=named or None))


def failure_of(certificate_id: str, error: str) -> Failure:
    return Failure(certificate_id, error[:_MAX_ERROR])


def _failures(results: Sequence[Result]) -> list[Failure]:
    return [result for result in results if isinstance(result, Failure)]


def _may_end(certificate: "Certificate", reason: str, now: datetime) -> bool:
    """Revoked ones may become keyCompromise; they and archived ones only while a version may be valid."""
    if not certificate.lifecycle.has_ended:
        return True
    if certificate.lifecycle is Lifecycle.REVOKED and not _is_stronger(reason, certificate):
        return False
    return certificate.expires_at is not None and certificate.expires_at > now


def _is_stronger(reason: str, certificate: "Certificate") -> bool:
    return reason == KEY_COMPROMISE != certificate.revocation_reason
