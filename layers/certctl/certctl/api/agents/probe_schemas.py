"""Probes in an agent's heartbeat, on the wire."""

from base64 import b64decode
from typing import TYPE_CHECKING, Annotated, TypedDict

from aws_lambda_powertools.event_handler.openapi.params import Header
from pydantic import AwareDatetime, BaseModel, Field

from certctl.api.records import STRICT, RecordId
from certctl.domain.errors import InvalidInput
from certctl.domain.inventory.endpoints.probes import MAX_ADDRESSES, MAX_CHAIN, Offer, ProbeError, Starttls
from certctl.domain.inventory.endpoints.reported import (
    MAX_REPORTS,
    ReportedAddress,
    ReportedHandshake,
    ReportedProbe,
    ShownChain,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from certctl.services.inventory.probe_orders import ProbeOrder

WantsProbes = Annotated[
    int | None,
    Header(alias="Certctl-Probes", ge=1, le=1, description="The response has the probes that are due."),
]
_Der = Annotated[str, Field(max_length=90_000)]
_Version = Annotated[str, Field(max_length=16, pattern=r"^[A-Za-z0-9.]+$")]
_Address = Annotated[str, Field(max_length=64, pattern=r"^[A-Za-z0-9.:%_-]*$")]


class ProbedHandshakeBody(BaseModel):
    """`chain` has the certificates in DER and base64, the leaf first."""

    model_config = STRICT

    offer: Offer
    version: _Version | None = None
    chain: Annotated[list[_Der], Field(max_length=MAX_CHAIN)] = []
    error: ProbeError | None = None
    leaf_only: bool = False

    def parsed(self) -> ReportedHandshake:
        chain = ShownChain(tuple(map(_der, self.chain)), self.leaf_only)
        return ReportedHandshake(self.offer, self.version, chain, self.error)


class ProbedAddressBody(BaseModel):
    """Without handshakes for an address that the agent cannot see."""

    model_config = STRICT

    address: _Address
    handshakes: Annotated[list[ProbedHandshakeBody], Field(max_length=len(Offer))] = []

    def parsed(self) -> ReportedAddress:
        return ReportedAddress(self.address, tuple(each.parsed() for each in self.handshakes))


class ProbeReportBody(BaseModel):
    """`refused`: `consent` if the host does not allow the probe."""

    model_config = STRICT

    endpoint_id: RecordId
    probed_at: AwareDatetime
    addresses: Annotated[list[ProbedAddressBody], Field(max_length=MAX_ADDRESSES)] = []
    refused: Annotated[str, Field(max_length=32)] | None = None

    def parsed(self) -> ReportedProbe:
        addresses = tuple(each.parsed() for each in self.addresses)
        return ReportedProbe(self.endpoint_id, self.probed_at, addresses, self.refused is not None)


ProbeReportBodies = Annotated[list[ProbeReportBody], Field(max_length=MAX_REPORTS)]


class ProbeOrderView(TypedDict):
    """`sni` is the name in the handshake."""

    endpoint_id: str
    host: str
    port: int
    sni: str
    starttls: Starttls | None
    offers: list[Offer]


def order_views(orders: "Sequence[ProbeOrder]") -> list[ProbeOrderView]:
    return [
        ProbeOrderView(
            endpoint_id=each.endpoint.id,
            host=each.endpoint.host,
            port=each.endpoint.port,
            sni=each.endpoint.name,
            starttls=each.endpoint.starttls,
            offers=list(each.offers),
        )
        for each in orders
    ]


def _der(text: str) -> bytes:
    """Raises InvalidInput."""
    try:
        return b64decode(text, validate=True)
    except ValueError:
        raise InvalidInput.of("probes", "a certificate is not base64") from None
