"""One probe, of a server on this machine."""

from collections.abc import Sequence

from certctl_client.probing.offers import contexts
from certctl_client.probing.prober import Prober
from certctl_client.probing.probes import Handshake, Offer, Order, Probe, StartTls


def probed(*orders: Order, prober: Prober | None = None) -> list[Probe]:
    """The probes in the order of the orders."""
    found: dict[Order, Probe] = {}
    (prober or Prober(contexts())).run(orders, lambda probe: found.update({probe.order: probe}))
    return [found[order] for order in orders]


def handshakes(
    port: int,
    *offers: Offer,
    sni: str = "localhost",
    starttls: StartTls | None = None,
    seconds: float = 10.0,
) -> Sequence[Handshake]:
    """The handshakes with 127.0.0.1, of the default offer if none is given."""
    order = Order("127.0.0.1", port, sni, starttls, offers or (Offer.DEFAULT,))
    [probe] = probed(order, prober=Prober(contexts(), seconds=seconds))
    return probe.addresses[0].handshakes
