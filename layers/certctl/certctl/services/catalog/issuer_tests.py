"""The API's side of an external issuer's test: it loads no issuer's client."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from certctl.domain.issuing.failures import TEST_EVENT


@dataclass(frozen=True)
class IssuerTests:
    """`call` invokes the worker, and waits for its result."""

    call: Callable[[Mapping[str, Any]], Mapping[str, Any]]

    def fault_of(self, issuer_id: str) -> str | None:
        """Why the issuer's server cannot be used; None if it responded. Raises Unavailable if the worker does
        not respond."""
        fault: str | None = self.call({TEST_EVENT: issuer_id})["fault"]
        return fault
