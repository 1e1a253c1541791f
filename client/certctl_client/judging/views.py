"""The record of a judged endpoint, for machines and people."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from hashlib import sha256
from typing import Any

from cryptography import x509

from certctl_client.inspection import described
from certctl_client.judging.kinds import Finding
from certctl_client.judging.protocols import accepted_versions
from certctl_client.judging.verdicts import Judged
from certctl_client.probing.probes import AddressProbe, Offer
from certctl_client.times import wire


def record_of(judged: Judged, name: str, now: datetime) -> dict[str, Any]:
    """`certificates` is the first chain; `other_certificates` are the leaves of the others."""
    order, leaf = judged.probe.order, judged.chain[:1]
    return {
        "endpoint": str(order),
        "verdict": judged.verdict,
        "name": name,
        "starttls": order.starttls.value if order.starttls else None,
        "findings": [_finding(each) for each in judged.findings],
        "notes": list(judged.notes),
        **_summary(leaf, now),
        "protocols": accepted_versions(judged.probe),
        "addresses": [_address(each) for each in judged.probe.addresses],
        "certificates": [described(each, now) for each in judged.chain],
        "other_certificates": [described(each, now) for each in _others(judged)],
        "probed_at": wire(judged.probe.probed_at),
    }


def _summary(leaf: Sequence[x509.Certificate], now: datetime) -> dict[str, Any]:
    if not leaf:
        return dict.fromkeys(("names", "issuer", "not_after", "validity", "days_left", "key", "signature"))
    view = described(leaf[0], now)
    kept = {key: view[key] for key in ("names", "issuer", "not_after", "validity")}
    days = (leaf[0].not_valid_after_utc - now).days
    return {**kept, "days_left": days, "key": view["key"], "signature": view["signature"]}


def _finding(finding: Finding) -> dict[str, Any]:
    return {
        "finding": finding.kind.value,
        "message": finding.message,
        "next_step": finding.next_step,
        "addresses": list(finding.addresses),
    }


def _address(probe: AddressProbe) -> dict[str, Any]:
    seen = probe.of(Offer.DEFAULT) or probe.handshakes[0]
    shown = seen if seen.chain else next((each for each in probe.handshakes if each.chain), seen)
    return {
        "address": probe.address,
        "protocol": shown.version,
        "cipher": shown.cipher,
        "sent": len(shown.chain),
        "fingerprint_sha256": sha256(shown.chain[0]).hexdigest() if shown.chain else "",
        "error": seen.detail,
    }


def _others(judged: Judged) -> Iterator[x509.Certificate]:
    first = judged.chain[:1]
    yield from dict.fromkeys(chain[0] for chain in judged.chains.values() if chain and chain[:1] != first)
