"""The API's side of an external issuer's test: it loads no issuer's client."""

from dataclasses import dataclass

from certctl.connectors.aws.functions import Function
from certctl.domain.issuing.failures import TEST_EVENT


@dataclass(frozen=True)
class IssuerTests:
    worker: Function

    def fault_of(self, issuer_id: str) -> str | None:
        """Why the issuer's server cannot be used; None if it responded. Raises Unavailable if the worker does
        not respond."""
        fault: str | None = self.worker.call({TEST_EVENT: issuer_id})["fault"]
        return fault
