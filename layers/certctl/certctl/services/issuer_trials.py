"""The test of an external issuer: the API asks for it, the worker, which alone may reach its server, does it.

What comes of it is stored as the issuer's last contact, whether the issuer is enabled or not.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from certctl.connectors.issuers.base import ExternalIssuer
from certctl.domain.errors import InvalidInput
from certctl.domain.issuer_failures import shown
from certctl.store.issuer_contacts import IssuerContactStore

_EVENT = "test_issuer"
_GONE = "the issuer was deleted meanwhile"


class IssuerTesting:
    """`call` invokes the worker, and waits for its answer."""

    def __init__(self, call: Callable[[Mapping[str, Any]], Mapping[str, Any]]) -> None:
        self._call = call

    def fault_of(self, issuer_id: str) -> str | None:
        """Why the issuer's server cannot be used; None where it answered. Raises Unavailable where the worker
        does not answer."""
        fault: str | None = self._call({_EVENT: issuer_id})["fault"]
        return fault


class IssuerTrial:
    """The worker's side. `find_now` reads consistently, and raises InvalidInput for a configuration that
    cannot work."""

    def __init__(
        self,
        find_now: Callable[[str], ExternalIssuer | None],
        contacts: IssuerContactStore,
        now: Callable[[], datetime],
    ) -> None:
        self._find_now = find_now
        self._contacts = contacts
        self._now = now

    def answer(self, event: Mapping[str, Any]) -> dict[str, Any]:
        """Raises InvalidInput for an event that IssuerTesting does not send, Unavailable where the issuer
        cannot be read, or its contact cannot be stored."""
        if event.keys() != {_EVENT} or not isinstance(event[_EVENT], str):
            raise InvalidInput(f"This function takes records of its queue, or {{{_EVENT}: the id of one}}.")
        return {"fault": self._fault(event[_EVENT])}

    def _fault(self, issuer_id: str) -> str | None:
        try:
            issuer = self._find_now(issuer_id)
        except InvalidInput as refused:
            return refused.detail
        if issuer is None:
            return _GONE
        fault = issuer.directory_fault()
        if fault is None:
            self._contacts.answered(issuer_id, self._now())
            return None
        self._contacts.failed(issuer_id, shown(fault), self._now())
        return shown(fault)
