"""Ed25519 public keys that are nobody's: signatures verify with them that no private key made."""

_P = 2**255 - 19
_SIGN = 1 << 255
_ORDER_8 = 0x05FC536D880238B13933C6D305ACDFD5F098EFF289F4C345B027B2C28F95E826
_SMALL_ORDER = frozenset({0, 1, _P - 1, _ORDER_8, _P - _ORDER_8})
"""The y coordinates of the eight points whose order divides 8."""


def is_nobodys_key(octets: bytes) -> bool:
    """Whether the encoded point has a small order, or is encoded in another way than RFC 8032 section 5.1.2
    has it: one key would have two fingerprints."""
    y = int.from_bytes(octets, "little") & ~_SIGN
    return y >= _P or y in _SMALL_ORDER
