"""Has certificates linted by status_watch: no linter runs beside the key of a CA."""

from base64 import b64encode
from collections.abc import Mapping, Sequence
from typing import Any

from certctl.connectors.aws.functions import Function
from certctl.domain.authorities.lint import LintFinding
from certctl.domain.errors import Unavailable


class RemoteLinter:
    def __init__(self, status_watch: Function) -> None:
        self._status_watch = status_watch

    def findings(self, ders: Sequence[bytes]) -> list[list[LintFinding]]:
        """A list for each certificate. Raises Unavailable if status_watch fails or does not answer that."""
        given = [b64encode(der).decode("ascii") for der in ders]
        response = self._status_watch.call({"action": "lint", "certificates": given})
        try:
            found = [[LintFinding(**each) for each in findings] for findings in _lists(response)]
        except (KeyError, TypeError) as error:
            raise Unavailable("status_watch does not answer with findings.") from error
        if len(found) != len(ders):
            raise Unavailable(f"status_watch has linted {len(found)} certificates of {len(ders)}.")
        return found


def _lists(response: Mapping[str, Any]) -> Sequence[Sequence[Mapping[str, str]]]:
    lists: Sequence[Sequence[Mapping[str, str]]] = response["findings"]
    return lists
