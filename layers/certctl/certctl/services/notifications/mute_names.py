"""Names in mutes: of who made one, and of its certificate."""

from collections.abc import Sequence
from dataclasses import dataclass

from certctl.domain.access.permissions import Permission
from certctl.domain.access.principals import Principal
from certctl.domain.audit.names import PastCaller
from certctl.domain.notifications.mutes import Mute
from certctl.store.audit.names import RecordNames
from certctl.store.certificates.lists import CertificateIndexes
from certctl.store.paging import in_parallel


@dataclass(frozen=True)
class NamedMute:
    """`created_by_name` is None once the record of its maker is gone. `certificate_name` is None for a mute
    of a team, and for a certificate that is gone or, by now, belongs to a team out of the caller's reach."""

    mute: Mute
    created_by_name: str | None
    certificate_name: str | None


@dataclass(frozen=True)
class MuteNames:
    records: RecordNames
    certificates: CertificateIndexes

    def of(self, caller: Principal, mutes: Sequence[Mute]) -> list[NamedMute]:
        """The mutes in their order, with the names of today: one parallel step."""
        makers, certificates = in_parallel(
            lambda: self.records.of_callers({_maker(mute) for mute in mutes}),
            lambda: self._certificates(caller, mutes),
        )
        return [
            NamedMute(mute, makers.get(_maker(mute)), certificates.get(mute.certificate_id or ""))
            for mute in mutes
        ]

    def of_caller(self, caller: Principal) -> str | None:
        """The name that the mutes of this caller have."""
        maker = PastCaller(caller.key_id, caller.subject_id)
        return self.records.of_callers([maker]).get(maker)

    def _certificates(self, caller: Principal, mutes: Sequence[Mute]) -> dict[str, str]:
        ids = sorted({mute.certificate_id for mute in mutes if mute.certificate_id is not None})
        found = self.certificates.load(ids)
        return {
            each: certificate.name
            for each, certificate in found.items()
            if caller.reaches_team(Permission.CERTIFICATES_READ, certificate.team_id)
        }


def _maker(mute: Mute) -> PastCaller:
    return PastCaller(mute.created_by, mute.subject_id)
