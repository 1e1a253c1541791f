"""Actions of status_watch, by which functions that reach no PKI host have it look at one."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from certctl.api.actions import Action, Fields

if TYPE_CHECKING:
    # not at import: it loads cryptography, which a look of the schedule may not need
    from certctl.services.status.watching.ocsp_checks import OcspChecks


def check_ocsp(checks: "Callable[[], OcspChecks]") -> Action:
    """`fault` is null if the OCSP URL of `ca_id` answers by POST and GET that the CA issued `serial`."""

    def run(fields: Fields) -> dict[str, Any]:
        return {"fault": checks().fault(fields.text("ca_id"), fields.text("serial"))}

    return run
