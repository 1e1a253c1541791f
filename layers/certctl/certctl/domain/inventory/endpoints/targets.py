"""Targets as endpoints: where a deployment is verified, its agent probes from then on
(docs/endpoints.md#targets)."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import sha256
from typing import Any

from certctl.domain.catalog.entries import Entry
from certctl.domain.catalog.records import Target
from certctl.domain.certificates.certificates import Certificate
from certctl.domain.certificates.statuses import Lifecycle
from certctl.domain.ids import ulid_of_bits
from certctl.domain.inventory.endpoints.endpoints import Endpoint, Expected

_BYTES_OF_A_ULID = 16
_BELOW_A_WILDCARD = "certctl"


def endpoint_id_of(target_id: str) -> str:
    """The id of a target's endpoint: a repeated deployment finds the same one."""
    digest = sha256(target_id.encode()).digest()[:_BYTES_OF_A_ULID]
    return f"ep-{ulid_of_bits(int.from_bytes(digest))}"


@dataclass(frozen=True)
class VerifiedAt:
    """Where an agent verifies a target. `server_name` is empty if the target leaves the name to the
    certificate."""

    host: str
    port: int
    server_name: str = ""

    def name_for(self, common_name: str) -> str:
        """The name in the handshake, as agents choose it: a wildcard stands for any name below it."""
        return (self.server_name or common_name.replace("*", _BELOW_A_WILDCARD, 1)).lower()


def verified_at(config: Mapping[str, Any]) -> VerifiedAt | None:
    """The place at which a deployment can be looked at, or None: not every target has one."""
    address = config.get("verify_address")
    if not isinstance(address, str):
        return None
    host, _, port = address.rpartition(":")
    return VerifiedAt(host.strip("[]").lower(), int(port), str(config.get("verify_server_name") or ""))


@dataclass(frozen=True)
class Deployed:
    """A deployment that has succeeded. `agent_host` is the host of the target's agent."""

    target: Entry[Target]
    certificate: Certificate
    agent_host: str
    at: datetime

    def endpoint(self, before: Endpoint | None) -> Endpoint | None:
        """The target's endpoint after it; None for a target without an address or an agent."""
        place, prober = verified_at(self.target.content.config), self.target.content.agent_id
        if place is None or prober is None:
            return None
        new = Endpoint(
            endpoint_id_of(self.target.id),
            place.host,
            place.port,
            prober,
            self.certificate.team_id,
            self.certificate.owner_id,
            self.at,
            server_name=place.name_for(self.certificate.common_name),
            certificate_ids=(self.certificate.id,),
            expected=Expected.VERSION,
            target_id=self.target.id,
            agent_host=self.agent_host,
            deployed_at=self.at,
            is_attached_by_right=True,
        )
        return new if before is None else _changed(before, new)


def _changed(before: Endpoint, new: Endpoint) -> Endpoint:
    """What people chose to expect stays as long as the certificate does; what was found, as long as the place
    does as well."""
    is_same = new.certificate_ids[0] in before.certificate_ids
    kept = replace(new, created_at=before.created_at, revision=before.revision)
    if is_same:
        kept = replace(
            kept,
            certificate_ids=before.certificate_ids,
            expected=before.expected,
            expected_issuer=before.expected_issuer,
        )
    if has_moved(before, kept):
        return kept
    seen = replace(kept, showing=before.showing, changed_at=before.changed_at, probed_at=before.probed_at)
    return replace(seen, findings=before.findings) if is_same else seen


def has_moved(before: Endpoint, after: Endpoint) -> bool:
    """Whether another place is probed, or another prober probes it."""
    return _place(before) != _place(after)


def is_another_place(before: Endpoint, after: Endpoint) -> bool:
    """Whether its sightings are no more: it has moved, or is of another team, which they name."""
    return has_moved(before, after) or before.team_id != after.team_id


def _place(endpoint: Endpoint) -> tuple[str, str, int, str]:
    return endpoint.prober, endpoint.host, endpoint.port, endpoint.server_name


def follows(endpoint: Endpoint, target: Entry[Target] | None) -> Endpoint | None:
    """The endpoint as its target is configured now; None if the target is gone, is another agent's, or has no
    address any more."""
    if target is None or target.is_deleting or target.content.agent_id != endpoint.prober:
        return None
    place = verified_at(target.content.config)
    if place is None:
        return None
    name = place.server_name.lower() or endpoint.server_name
    moved = replace(endpoint, host=place.host, port=place.port, server_name=name)
    return replace(moved, findings=(), showing=()) if has_moved(endpoint, moved) else endpoint


def without(endpoint: Endpoint, certificate_ids: frozenset[str]) -> Endpoint:
    """The endpoint without certificates that it no longer should serve; without any it is free."""
    left = tuple(each for each in endpoint.certificate_ids if each not in certificate_ids)
    expected = endpoint.expected if left else Expected.ANY_VALID
    found = tuple(each for each in endpoint.findings if each.certificate_id not in certificate_ids)
    return replace(endpoint, certificate_ids=left, expected=expected, findings=found)


def is_to_be_served(certificate: Certificate, endpoint: Endpoint) -> bool:
    """Whether an endpoint should still serve it. A revoked one counts: that it is served is a finding."""
    if certificate.lifecycle is Lifecycle.ARCHIVED or is_foreign(certificate, endpoint):
        return False
    return endpoint.target_id is None or endpoint.target_id in certificate.target_ids


def is_foreign(certificate: Certificate, endpoint: Endpoint) -> bool:
    """Whether nobody asked for a right in the team of the certificate when the endpoint was attached."""
    by_right = endpoint.is_attached_by_right or endpoint.target_id is not None
    return not by_right and certificate.team_id != endpoint.team_id
