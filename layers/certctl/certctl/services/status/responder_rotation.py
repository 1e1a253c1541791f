"""An administrator replaces the responder of a CA at once, and the audit trail says so."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from certctl.domain.audit.events import Actor
from certctl.domain.status.ocsp import StoredResponder
from certctl.domain.times import to_wire
from certctl.services.status.ocsp_responders import OcspResponders
from certctl.unit_of_work.authorities import authority_resource
from certctl.unit_of_work.units import Units


@dataclass(frozen=True)
class ResponderRotation:
    responders: OcspResponders
    units: Units
    actor: Actor
    now: Callable[[], datetime]

    def rotate(self, ca_id: str) -> StoredResponder:
        """Raises NotFound, Conflict, Unavailable."""
        made = self.responders.replacing(ca_id)
        unit = self.units.begin(self.actor, ca_id, self.now())
        unit.write(*made.steps)
        details = {"before": _view(made.previous), "after": _view(made.responder)}
        unit.event("ca_responder_rotated", authority_resource(ca_id), details)
        unit.commit()
        return made.responder


def _view(responder: StoredResponder | None) -> dict[str, str | None]:
    return {
        "serial_number": responder.serial_number if responder else None,
        "not_after": to_wire(responder.not_after) if responder else None,
    }
