"""The versions of TLS that a server accepts, as far as they were tried."""

from collections.abc import Iterator, Mapping, Sequence

from certctl_client.probing.probes import AddressProbe, Fault, Handshake, Offer, Probe

VERSIONS: Mapping[str, Offer] = {
    "TLSv1.3": Offer.DEFAULT,
    "TLSv1.2": Offer.TLS_1_2,
    "TLSv1.1": Offer.TLS_1_1,
    "TLSv1": Offer.TLS_1_0,
}
OLD = ("TLSv1.1", "TLSv1")
ACCEPTED, REFUSED, NOT_TRIED = "accepted", "refused", "not tried"


def accepted_versions(probe: Probe) -> dict[str, str]:
    """`{"TLSv1.3": "accepted", "TLSv1.2": "refused"}`: accepted at any address. A version that this build
    of OpenSSL cannot offer, or whose handshake met something else than a refusal, is `not tried`."""
    return {version: _at_any(probe.addresses, version) for version in VERSIONS}


def old_versions(address: AddressProbe) -> Iterator[str]:
    return (version for version in OLD if _at(address, version) == ACCEPTED)


def _at_any(addresses: Sequence[AddressProbe], version: str) -> str:
    found = {_at(address, version) for address in addresses}
    return next((each for each in (ACCEPTED, REFUSED) if each in found), NOT_TRIED)


def _at(address: AddressProbe, version: str) -> str:
    if any(each.version == version for each in address.handshakes):
        return ACCEPTED
    asked = address.of(VERSIONS[version])
    return REFUSED if asked is not None and _says_no(asked) else NOT_TRIED


def _says_no(handshake: Handshake) -> bool:
    """Offers have older versions than the one that they ask for, too: a server which chooses one refuses the
    newer."""
    return handshake.fault in (None, Fault.TLS)
