"""The ACME issuer with a real server, for the checks that every issuer passes."""

from collections.abc import Collection, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from certctl.connectors.issuers.base import ExternalIssuer, IssuerUnavailable
from certctl.domain.issuing.external import IssueOutcome, OrderRequest
from tests.support.channels.receivers import Receiver, answers
from tests.support.issuing.acme import AcmePlane
from tests.support.issuing.watched import Watched


@dataclass(frozen=True)
class AcmeCandidate:
    at: AcmePlane
    refused_name: str
    finds_certificates: bool = True

    def down(self) -> AbstractContextManager[None]:
        return self.at.pebble.door.closed()

    @contextmanager
    def asking_for(self, wait: timedelta) -> Iterator[None]:
        limited = answers(503, b"busy", {"Retry-After": str(round(wait.total_seconds()))})
        with Receiver(limited, tls=self.at.pebble.identity.server).running() as receiver:
            self.at.config["directory_url"] = receiver.url("/dir", host="localhost")
            yield
        del self.at.config["directory_url"]

    @contextmanager
    def losing_responses(self) -> Iterator[None]:
        self.at.around = _Losing
        yield
        self.at.around = lambda issuer: issuer

    def signed(self) -> Collection[str]:
        """ACME has no list."""
        return ()

    def is_revoked(self, serial: str) -> bool:
        return self.at.pebble.revoked(serial)


class _Losing(Watched):
    """The responses to what comes after the finalization are lost."""

    def __init__(self, issuer: ExternalIssuer) -> None:
        super().__init__(issuer, lambda _: None)

    def advance(self, request: OrderRequest, progress: Mapping[str, Any]) -> IssueOutcome:
        outcome = super().advance(request, progress)
        if progress.get("finalizing"):
            raise IssuerUnavailable("the connection ended")
        return outcome
