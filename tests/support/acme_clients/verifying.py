"""What openssl says about a certificate that a client has got."""

from dataclasses import dataclass
from pathlib import Path

from tests.support.acme_clients.sites import Issued
from tests.support.openssl import openssl


@dataclass(frozen=True)
class Leaf:
    names: frozenset[str]
    """`DNS:...` and `IP Address:...`, as openssl prints them."""
    serial: str
    """In hex, lower case."""


def verified(issued: Issued, root: Path) -> Leaf:
    """The leaf, once openssl has verified the chain up to the root, and that the key is the leaf's."""
    openssl("verify", "-CAfile", root, "-untrusted", issued.chain, "-purpose", "sslserver", issued.chain)
    public = openssl("x509", "-in", issued.chain, "-noout", "-pubkey")
    assert public == openssl("pkey", "-in", issued.key, "-pubout")
    return leaf(issued.chain)


def leaf(chain: Path) -> Leaf:
    """The first certificate of a PEM file."""
    shown = openssl("x509", "-in", chain, "-noout", "-ext", "subjectAltName").splitlines()[1]
    serial = openssl("x509", "-in", chain, "-noout", "-serial").strip().partition("=")[2]
    return Leaf(frozenset(shown.strip().split(", ")), serial.lower())
