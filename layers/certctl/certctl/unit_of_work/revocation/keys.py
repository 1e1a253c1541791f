"""The effect of a certificate's end or hold on its keys; the maintenance schedule handles keys that do not
fit into its transaction."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from certctl.domain.certificates.certificates import Certificate
from certctl.domain.certificates.versions import Version
from certctl.domain.jobs.jobs import Job
from certctl.store.certificates.certificates import CertificateStore
from certctl.store.follow_ups import FollowUpStore
from certctl.store.issuing.refused_keys import RefusedKeys
from certctl.store.writes import Write

_PAGE = 100


@dataclass(frozen=True)
class Keys:
    """`is_all` is false if the certificate has more keys than were read."""

    spki_sha256s: tuple[str, ...] = ()
    is_all: bool = True


@dataclass(frozen=True)
class KeyChange:
    """`listed` are the keys that are newly refused; others follow if `is_complete` is false."""

    listed: tuple[str, ...] = ()
    is_complete: bool = True
    steps: Sequence[Write] = field(default_factory=tuple)


@dataclass(frozen=True)
class KeyChanges:
    certificates: CertificateStore
    refused: RefusedKeys
    follow_ups: FollowUpStore

    def of_all_versions(self, certificate_id: str) -> Keys:
        """The latest to expire first, so that the limit drops none that is still in use."""
        keys, after = self.page(certificate_id, None)
        return Keys(tuple(keys), after is None)

    def page(self, certificate_id: str, after: str | None) -> tuple[list[str], str | None]:
        """Keys of its versions, and the position of the next ones."""
        page = self.certificates.versions(certificate_id, _PAGE, after)
        return list(keys_of(page.versions)), page.next_after

    def compromised(
        self, certificate: Certificate, keys: Keys, held: Sequence[str], now: datetime, room: int
    ) -> KeyChange:
        """Refuses the keys in the revoking transaction, which has room for `room` more actions. `held` are
        the keys that the certificate held, and releases."""
        freed = self.refused.held.free_steps(certificate.id, held)
        is_freed = len(freed) < room
        steps = list(freed) if is_freed else []
        taken = keys.spki_sha256s[: max(0, room - len(steps) - 1)]
        is_complete = keys.is_all and len(taken) == len(keys.spki_sha256s)
        steps += [self.refused.compromised.add_step(spki) for spki in taken]
        if not (is_complete and is_freed):
            steps.append(self.follow_ups.follow_up_step(certificate.id, now))
        return KeyChange(taken, is_complete, steps)

    def freed(self, certificate: Certificate, held: Sequence[str], now: datetime, room: int) -> list[Write]:
        """Releases the keys at another end of a hold than a revocation."""
        steps = self.refused.held.free_steps(certificate.id, held)
        return steps if len(steps) <= room else [self.follow_ups.follow_up_step(certificate.id, now)]

    def held(self, certificate: Certificate, keys: Keys, now: datetime, room: int) -> KeyChange:
        """Refuses the keys for the time of a hold."""
        taken = keys.spki_sha256s[: max(0, room - 2)]
        is_complete = len(taken) == len(keys.spki_sha256s)
        steps = self.refused.held.hold_steps(certificate.id, taken)
        if not is_complete:
            steps.append(self.follow_ups.follow_up_step(certificate.id, now))
        return KeyChange(taken, is_complete, steps)


def keys_of(versions: Sequence[Version], jobs: Sequence[Job] = ()) -> tuple[str, ...]:
    """Keys of CSRs that await signing come first: they are stored nowhere else."""
    # Loads cryptography, which most functions do not need at start.
    from certctl.crypto.issuing.csr import requested_key

    asked = (requested_key(job.csr_pem) for job in jobs if job.csr_pem is not None)
    found = [*asked, *(version.spki_sha256 for version in versions)]
    return tuple(dict.fromkeys(spki for spki in found if spki))
