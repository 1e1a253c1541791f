"""External account bindings (RFC 8555 section 7.3.4): a MAC by which the holder of an EAB key vouches for the
key of a new ACME account."""

from dataclasses import dataclass

from certctl.crypto.acme.flattened import algorithm_in, malformed, object_in, parse_flattened, text_of
from certctl.crypto.acme.keys import PublicJwk, checked_jwk, thumbprint
from certctl.crypto.acme.signatures import MAC_ALGORITHMS, is_mac_of


@dataclass(frozen=True)
class Binding:
    """A binding of the right key and URL, whose MAC is still to be checked."""

    key_id: str
    algorithm: str
    signed: bytes
    mac: bytes


def parse_binding(members: object, account_key: PublicJwk, url: str) -> Binding:
    """Reads `externalAccountBinding` of a request to `url` by `account_key`. Raises AcmeProblem, malformed or
    badSignatureAlgorithm: this depends on nothing that the server knows."""
    flat = parse_flattened(members)
    algorithm = algorithm_in(flat.header, tuple(MAC_ALGORITHMS))
    if "nonce" in flat.header or "jwk" in flat.header:
        raise malformed("the protected header of an externalAccountBinding must have no nonce and no jwk")
    if text_of(flat.header, "url") != url:
        raise malformed("the url of the externalAccountBinding must be the url of the request")
    bound = checked_jwk(object_in(flat.payload, "the payload of the externalAccountBinding"))
    if thumbprint(bound) != thumbprint(account_key):
        raise malformed("the payload of the externalAccountBinding must be the jwk of the request")
    return Binding(text_of(flat.header, "kid"), algorithm, flat.signed, flat.signature)


def has_valid_mac(binding: Binding, mac_key: bytes) -> bool:
    return is_mac_of(binding.algorithm, mac_key, binding.signed, binding.mac)
