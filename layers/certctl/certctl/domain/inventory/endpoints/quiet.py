"""What the last judged probe of an endpoint showed: another that shows the same is not judged again."""

import json
from collections.abc import Iterator, Sequence
from hashlib import sha256

from certctl.domain.certificates.certificates import Certificate
from certctl.domain.inventory.endpoints.endpoints import Endpoint
from certctl.domain.inventory.endpoints.probes import Offer
from certctl.domain.inventory.endpoints.reported import ReportedHandshake, ReportedProbe

_DIGITS = 32


def shown_in(reported: ReportedProbe) -> str:
    """A digest of what the default handshakes showed, at all addresses."""
    shown = [
        [each.address, *(_parts(one) for one in each.handshakes if one.offer is Offer.DEFAULT)]
        for each in sorted(reported.addresses, key=lambda each: each.address)
    ]
    return sha256(json.dumps(shown).encode()).hexdigest()[:_DIGITS]


def has_extras(reported: ReportedProbe) -> bool:
    """Whether it has more than the default handshakes: the daily probe has, and is always judged."""
    return any(one.offer is not Offer.DEFAULT for one in _handshakes(reported))


def state_of(certificates: Sequence[Certificate]) -> str:
    """What has to be the same of the certificates that an endpoint should serve."""
    return " ".join(sorted(f"{each.id}:{each.revision}" for each in certificates))


def is_quiet(endpoint: Endpoint, reported: ReportedProbe) -> bool:
    """Whether the probe shows what the last judged one did, and nothing was wrong with that. It means the
    same if the certificates are as they were then (`Endpoint.judged_with`)."""
    if reported.is_refused or endpoint.findings or has_extras(reported):
        return False
    return bool(endpoint.shown) and endpoint.shown == shown_in(reported)


def _handshakes(reported: ReportedProbe) -> Iterator[ReportedHandshake]:
    for address in reported.addresses:
        yield from address.handshakes


def _parts(handshake: ReportedHandshake) -> list[object]:
    chain = [sha256(der).hexdigest() for der in handshake.shown.chain]
    return [handshake.version, handshake.error, handshake.shown.is_leaf_only, *chain]
