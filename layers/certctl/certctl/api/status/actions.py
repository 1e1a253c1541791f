"""Actions of status_watch, by which stack_admin has done what must not be beside the keys of CAs."""

from base64 import b64decode
from collections.abc import Callable
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from certctl.api.actions import Action, Fields
from certctl.domain.errors import InvalidInput

if TYPE_CHECKING:
    # not at import: it loads cryptography, which a look of the schedule may not need
    from certctl.connectors.authorities.linter import Linter
    from certctl.services.status.watching.ocsp_checks import OcspChecks

_MOST = 10
_LONGEST = 32 * 1024


def check_ocsp(checks: "Callable[[], OcspChecks]") -> Action:
    """`fault` is null if the OCSP URL of `ca_id` answers by POST and GET that the CA issued `serial`."""

    def run(fields: Fields) -> dict[str, Any]:
        return {"fault": checks().fault(fields.text("ca_id"), fields.text("serial"))}

    return run


def lint(linter: "Callable[[], Linter]") -> Action:
    """`certificates` are DER in base64. For each a list of findings, in their order."""

    def run(fields: Fields) -> dict[str, Any]:
        ders = [_der(text) for text in _certificates(fields)]
        return {"findings": [[asdict(each) for each in linter().findings(der)] for der in ders]}

    return run


def _certificates(fields: Fields) -> tuple[str, ...]:
    given = fields.texts_or_none("certificates") or ()
    if not 1 <= len(given) <= _MOST or any(len(text) > _LONGEST for text in given):
        raise InvalidInput.of("certificates", f"must be 1 to {_MOST}, of {_LONGEST} characters at most")
    return given


def _der(text: str) -> bytes:
    try:
        return b64decode(text, validate=True)
    except ValueError as error:
        raise InvalidInput.of("certificates", "must be in base64") from error
