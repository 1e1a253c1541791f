"""Paths from a leaf to a trust anchor, verified by OpenSSL: unlike verifiers of the web's PKI alone, OpenSSL
takes the keys, signatures and extensions that private CAs use (ADR 62)."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import islice

from cryptography import x509
from cryptography.x509.oid import ExtendedKeyUsageOID as Usage
from OpenSSL.crypto import X509, Error, X509Store, X509StoreContext, X509StoreContextError, X509StoreFlags

from certctl.crypto.pem import UNREADABLE

_MOST_PATHS = 32
"""Certificates of one name and many keys could make more of them than there is time for."""


class TrustAnchors:
    """Certificates that are trusted by themselves, self-signed or not."""

    def __init__(self, anchors: Sequence[x509.Certificate], public_roots: str | None = None) -> None:
        """`public_roots` is a file of PEM."""
        self._store = X509Store()
        self._store.set_flags(X509StoreFlags.PARTIAL_CHAIN)
        for each in anchors:
            self._store.add_cert(X509.from_cryptography(each))
        if public_roots is not None:
            self._store.load_locations(public_roots)

    def path(
        self, leaf: x509.Certificate, others: Sequence[x509.Certificate], at: datetime
    ) -> tuple[x509.Certificate, ...] | None:
        """The issuers of a valid path, from that of the leaf to the anchor; None if no path is valid. Servers
        send certificates in any order, and some that no path needs."""
        self._store.set_time(at)
        found = self._verified(leaf, others)
        if found is None and others:
            # OpenSSL follows one issuer of each name: another one may lead to an anchor.
            tried = (self._verified(leaf, path) for path in islice(_paths(leaf, others), _MOST_PATHS))
            found = next((path for path in tried if path is not None), None)
        return found

    def _verified(
        self, leaf: x509.Certificate, others: Sequence[x509.Certificate]
    ) -> tuple[x509.Certificate, ...] | None:
        chain = [X509.from_cryptography(each) for each in others]
        context = X509StoreContext(self._store, X509.from_cryptography(leaf), chain)
        try:
            path = [each.to_cryptography() for each in context.get_verified_chain()]
        except (X509StoreContextError, Error):
            return None
        return tuple(path[1:]) if all(map(_is_for_servers, path[:-1] or path)) else None


def lacks_issuer(leaf: x509.Certificate, others: Sequence[x509.Certificate]) -> bool:
    """Whether every path ends at a certificate whose issuer was not sent."""
    paths = islice(_paths(leaf, others), _MOST_PATHS)
    return all(_last(leaf, path).issuer != _last(leaf, path).subject for path in paths)


def _last(leaf: x509.Certificate, path: Sequence[x509.Certificate]) -> x509.Certificate:
    return path[-1] if path else leaf


def _paths(
    leaf: x509.Certificate, others: Sequence[x509.Certificate], path: tuple[x509.Certificate, ...] = ()
) -> Iterator[tuple[x509.Certificate, ...]]:
    """The longest paths that the names make; signatures are not looked at."""
    issuer = _last(leaf, path).issuer
    above = [each for each in others if each.subject == issuer and each not in (leaf, *path)]
    if not above:
        yield path
    for each in above:
        yield from _paths(leaf, others, (*path, each))


def _is_for_servers(certificate: x509.Certificate) -> bool:
    try:
        usages = certificate.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    except x509.ExtensionNotFound:
        return True
    except UNREADABLE:
        return False
    return Usage.SERVER_AUTH in usages or Usage.ANY_EXTENDED_KEY_USAGE in usages
