"""The test of an external issuer by the worker, which alone may reach its server.

The result is stored as the issuer's last contact, whether the issuer is enabled or not.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from certctl.domain.errors import InvalidInput
from certctl.domain.issuing.failures import TEST_EVENT, shown
from certctl.store.catalog.issuer_health import IssuerContactStore
from certctl.unit_of_work.issuing.issuers import ExternalIssuers

_GONE = "the issuer was deleted concurrently"


@dataclass(frozen=True)
class IssuerTestRunner:
    """The worker's side."""

    issuers: ExternalIssuers
    contacts: IssuerContactStore
    now: Callable[[], datetime]

    def run(self, event: Mapping[str, Any]) -> dict[str, Any]:
        """Raises InvalidInput for an event that IssuerTests does not send, Unavailable if the issuer cannot
        be read, or its contact cannot be stored."""
        if event.keys() != {TEST_EVENT} or not isinstance(event[TEST_EVENT], str):
            raise InvalidInput(
                f"This function takes records of its queue, or {{{TEST_EVENT}: the id of one}}."
            )
        return {"fault": self._fault(event[TEST_EVENT])}

    def _fault(self, issuer_id: str) -> str | None:
        try:
            issuer = self.issuers.find_for_test(issuer_id)
        except InvalidInput as refused:
            return refused.detail
        if issuer is None:
            return _GONE
        fault = issuer.server_fault()
        if fault is None:
            self.contacts.record_success(issuer_id, self.now())
            return None
        self.contacts.record_failure(issuer_id, shown(fault), self.now())
        return shown(fault)
