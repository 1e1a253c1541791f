"""Orders and reports as the control plane sends and takes them, in JSON."""

from base64 import b64encode
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from certctl_client.probing.probes import AddressProbe, Fault, Handshake, Offer, Order, Probe, StartTls

_LONGEST_HOST = 253
_LONGEST_ID = 128
_OFFERS = {each.value for each in Offer} - {Offer.TRUSTED.value}

type Report = dict[str, Any]


def order_of(record: Mapping[str, Any]) -> Order:
    """`{"endpoint_id", "host", "port", "sni", "starttls", "offers"}`. Offers that this release does not know
    are left out. Raises ValueError."""
    try:
        starttls, offers = record.get("starttls"), record.get("offers") or ["default"]
        return Order(
            _text(record["host"], _LONGEST_HOST),
            _port(record["port"]),
            _text(record.get("sni") or "", _LONGEST_HOST),
            StartTls(starttls) if starttls else None,
            tuple(Offer(each) for each in offers if each in _OFFERS) or (Offer.DEFAULT,),
            _text(record["endpoint_id"], _LONGEST_ID),
        )
    except (KeyError, TypeError) as error:
        raise ValueError(f"not an order: {error}") from None


def report_of(probe: Probe) -> Report:
    return _report(probe.order.endpoint_id, probe.probed_at, [_address(each) for each in probe.addresses])


def refusal_of(order: Order, now: datetime) -> Report:
    """The report of an endpoint that this host does not allow to be probed."""
    return {**_report(order.endpoint_id, now, []), "refused": "consent"}


def _report(endpoint_id: str, probed_at: datetime, addresses: list[Report]) -> Report:
    at = probed_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return {"endpoint_id": endpoint_id, "probed_at": at, "addresses": addresses}


def _address(probe: AddressProbe) -> Report:
    """An address that is not seen from here has no handshakes."""
    seen = [_handshake(each) for each in probe.handshakes if each.fault is not Fault.NO_ROUTE]
    return {"address": probe.address, "handshakes": seen}


def _handshake(handshake: Handshake) -> Report:
    return {
        "offer": handshake.offer.value,
        "version": handshake.version or None,
        "chain": [b64encode(each).decode() for each in handshake.chain],
        "error": handshake.fault.value if handshake.fault else None,
    }


def _text(value: Any, longest: int) -> str:
    if not isinstance(value, str) or len(value) > longest or not value.isprintable():
        raise ValueError("not an order: a text is invalid")
    return value


def _port(value: Any) -> int:
    if not isinstance(value, int) or not 0 < value < 65_536:
        raise ValueError("not an order: the port is invalid")
    return value
