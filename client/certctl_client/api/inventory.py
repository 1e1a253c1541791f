"""Typed methods for the inventory, like those of `resources`."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import uuid4

from certctl_client.api import operations
from certctl_client.api.schema import (
    EndpointChangeView,
    EndpointView,
    ExpectationBody,
    GetInventoryReadinessQuery,
    GetInventorySummaryQuery,
    ImportBody,
    ImportChunkBody,
    ImportChunkView,
    ImportView,
    IncidentView,
    InventorySummaryView,
    ListEndpointHistoryQuery,
    ListEndpointsQuery,
    ListInventorySourcesQuery,
    ListObservedCertificatesQuery,
    ListPlacesOfObservedCertificateQuery,
    NewEndpointBody,
    ObservedBelongingBody,
    ObservedCertificateDetailView,
    ObservedCertificateView,
    ReadinessView,
    SightingView,
    SourceView,
)

if TYPE_CHECKING:
    from certctl_client.api.transport import Api


@dataclass(frozen=True)
class Inventory:
    api: "Api"

    def all(self, filters: ListObservedCertificatesQuery) -> Iterator[ObservedCertificateView]:
        """Newest records first; by expiry with `expires_before`."""
        return self.api.listed(operations.LIST_OBSERVED_CERTIFICATES, query=filters)

    def get(self, fingerprint: str) -> ObservedCertificateDetailView:
        return self.api.call(operations.GET_OBSERVED_CERTIFICATE, fingerprint)

    def change(self, fingerprint: str, body: ObservedBelongingBody) -> ObservedCertificateView:
        """Changes team, owner or tags; what the body lacks stays."""
        return self.api.call(operations.CHANGE_OBSERVED_CERTIFICATE, fingerprint, body=body)

    def places(self, fingerprint: str, page: ListPlacesOfObservedCertificateQuery) -> Iterator[SightingView]:
        return self.api.listed(operations.LIST_PLACES_OF_OBSERVED_CERTIFICATE, fingerprint, query=page)

    def sources(self, page: ListInventorySourcesQuery) -> Iterator[SourceView]:
        return self.api.listed(operations.LIST_INVENTORY_SOURCES, query=page)

    def summary(self, whose: GetInventorySummaryQuery) -> InventorySummaryView:
        return self.api.call(operations.GET_INVENTORY_SUMMARY, query=whose)

    def readiness(self, whose: GetInventoryReadinessQuery) -> ReadinessView:
        return self.api.call(operations.GET_INVENTORY_READINESS, query=whose)

    def begin_import(self, body: ImportBody) -> ImportView:
        """Begins an import into the places that earlier imports under this name have."""
        return self.api.call(operations.BEGIN_IMPORT, body=body, idempotency_key=str(uuid4()))

    def send_chunk(self, import_id: str, number: int, body: ImportChunkBody) -> ImportChunkView:
        """Sends a chunk; sending it again changes nothing. Raises RequestFailed (422) for a private key."""
        return self.api.call(operations.SEND_IMPORT_CHUNK, import_id, str(number), body=body)

    def complete_import(self, import_id: str) -> ImportView:
        return self.api.call(operations.COMPLETE_IMPORT, import_id)

    def get_import(self, import_id: str) -> ImportView:
        return self.api.call(operations.GET_IMPORT, import_id)


@dataclass(frozen=True)
class Endpoints:
    api: "Api"

    def all(self, filters: ListEndpointsQuery) -> Iterator[EndpointView]:
        """Newest first."""
        return self.api.listed(operations.LIST_ENDPOINTS, query=filters)

    def get(self, endpoint_id: str) -> EndpointView:
        return self.api.call(operations.GET_ENDPOINT, endpoint_id)

    def create(self, body: NewEndpointBody) -> EndpointView:
        return self.api.call(operations.CREATE_ENDPOINT, body=body, idempotency_key=str(uuid4()))

    def attach(self, endpoint_id: str, body: ExpectationBody) -> EndpointView:
        """Changes what it should serve; without a certificate it is free."""
        return self.api.call(operations.ATTACH_ENDPOINT, endpoint_id, body=body)

    def remove(self, endpoint_id: str) -> None:
        self.api.call(operations.REMOVE_ENDPOINT, endpoint_id)

    def incidents(self, endpoint_id: str) -> Iterator[IncidentView]:
        """Open ones first."""
        return iter(self.api.call(operations.LIST_ENDPOINT_INCIDENTS, endpoint_id)["data"])

    def history(self, endpoint_id: str, page: ListEndpointHistoryQuery) -> Iterator[EndpointChangeView]:
        """Newest changes first."""
        return self.api.listed(operations.LIST_ENDPOINT_HISTORY, endpoint_id, query=page)
