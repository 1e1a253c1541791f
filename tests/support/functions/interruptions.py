"""The real use cases, after what a test does before each: a failure, or a concurrent change."""

from collections.abc import Callable

from certctl.compose.rooms.changes import ChangeFactories
from certctl.domain.access.principals import Principal
from certctl.domain.audit.events import Actor
from certctl.domain.certificates.certificates import Certificate
from certctl.domain.revocation.requests import RevocationRequest
from certctl.unit_of_work.certificates.preconditions import IssuancePreconditions
from certctl.unit_of_work.revoking import Revoking


class PreconditionsAfter(IssuancePreconditions):
    def __init__(self, act: Callable[[Certificate], None], changes: ChangeFactories) -> None:
        super().__init__(changes.catalog.references, changes.policy_enforcement, changes.base.now)
        self._act = act

    def require(self, actor: Actor, certificate: Certificate) -> None:
        self._act(certificate)
        super().require(actor, certificate)


class RevocationAfter(Revoking):
    def __init__(self, act: Callable[[str], None], changes: ChangeFactories) -> None:
        super().__init__(changes.stores, changes.units, changes.base.nudges, changes.base.now)
        self._act = act

    def revoke_if(
        self,
        caller: Principal,
        certificate_id: str,
        wanted: RevocationRequest,
        is_selected: Callable[[Certificate], bool],
    ) -> Certificate:
        self._act(certificate_id)
        return super().revoke_if(caller, certificate_id, wanted, is_selected)
