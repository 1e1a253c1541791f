"""Which certificates have an endpoint as a place after a probe: pure, of what it had and what was shown.

One probe rarely shows all: a server has keys of several kinds, a name has other addresses each time. So a
certificate ends when another one has come in its place, or if nothing shows it although all was asked for.
"""

from certctl.domain.inventory.endpoints.endpoints import Endpoint, SightedLeaf
from certctl.domain.inventory.endpoints.probes import Offer, Probe

MOST_SIGHTED = 8
"""Certificates that have one endpoint as a place."""


def sighted_after(endpoint: Endpoint, probe: Probe) -> tuple[SightedLeaf, ...]:
    """The certificates in the order of their fingerprints. What the probe shows comes first if they are too
    many."""
    shown = {leaf.fingerprint: SightedLeaf(leaf.fingerprint, leaf.key) for *_, leaf in probe.leaves}
    unseen = (each for each in endpoint.sighted if each.fingerprint not in shown)
    kept = [each for each in unseen if not _has_ended(each, endpoint, probe)]
    most = (*shown.values(), *kept)[:MOST_SIGHTED]
    return tuple(sorted(most, key=lambda each: each.fingerprint))


def _has_ended(leaf: SightedLeaf, endpoint: Endpoint, probe: Probe) -> bool:
    """Whether a certificate that the probe does not show is gone. A handshake that failed ends nothing."""
    if not _has_answered(probe, Offer.DEFAULT):
        return False
    if _has_answered(probe, Offer.RSA) and _has_answered(probe, Offer.ECDSA):
        return True
    return leaf.key in _keys_of_new_ones(endpoint, probe) and not _is_elsewhere(leaf, endpoint, probe)


def _has_answered(probe: Probe, offer: Offer) -> bool:
    """Whether all addresses that the prober can see have."""
    return bool(probe.seen) and all(each.has_answered(offer) for each in probe.seen)


def _keys_of_new_ones(endpoint: Endpoint, probe: Probe) -> set[str]:
    known = {each.fingerprint for each in endpoint.sighted}
    return {leaf.key for *_, leaf in probe.leaves if leaf.fingerprint not in known}


def _is_elsewhere(leaf: SightedLeaf, endpoint: Endpoint, probe: Probe) -> bool:
    """Whether an address showed it last that the name does not have in this probe."""
    probed = {each.address for each in probe.addresses}
    others = (each for each in endpoint.showing if each.address not in probed)
    return any(leaf.fingerprint in each.fingerprints for each in others)
