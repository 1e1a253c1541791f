"""Which certificates public roots lead to, by the chains that they were found with."""

import warnings
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from functools import cache

import certifi
from cryptography import x509

from certctl.crypto.inventory.paths import TrustAnchors
from certctl.crypto.pem import UNREADABLE
from certctl.domain.inventory.observed import ParsedCertificate

_MOMENT = timedelta(seconds=1)


def publicly_trusted(
    parsed: Sequence[ParsedCertificate],
    chains: Mapping[str, Sequence[bytes]],
    now: datetime,
    roots: str | None = None,
) -> frozenset[str]:
    """The fingerprints of leaves with a path to a public root, at a time when the leaf was valid. `roots` is
    a file of PEM, the one of certifi by default."""
    leaves = [each for each in parsed if chains.get(each.fingerprint) and not each.facts.is_ca]
    if not leaves:
        return frozenset()
    anchors = _anchors(roots or certifi.where())
    return frozenset(
        each.fingerprint for each in leaves if _has_path(anchors, each, chains[each.fingerprint], now)
    )


@cache
def _anchors(roots: str) -> TrustAnchors:
    return TrustAnchors([], roots)


def _has_path(
    anchors: TrustAnchors, parsed: ParsedCertificate, chain: Sequence[bytes], now: datetime
) -> bool:
    facts = parsed.facts
    at = min(max(now, facts.not_before), facts.not_after - _MOMENT)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            leaf, *others = (x509.load_der_x509_certificate(each) for each in (parsed.der, *chain))
            return anchors.path(leaf, others, at) is not None
    except (*UNREADABLE, OverflowError):
        return False
