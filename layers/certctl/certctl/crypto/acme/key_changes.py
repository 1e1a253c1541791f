"""Key changes of ACME accounts (RFC 8555 section 7.3.5): the new key signs which key of which ACME account it
replaces, and the old key signs that."""

from collections.abc import Mapping
from typing import Any

from certctl.crypto.acme.flattened import (
    Flattened,
    algorithm_in,
    malformed,
    object_in,
    parse_flattened,
    text_of,
)
from certctl.crypto.acme.jws import Jws, check_fits
from certctl.crypto.acme.keys import ALGORITHMS, PublicJwk, checked_jwk, thumbprint
from certctl.crypto.acme.signatures import is_signed_by


def new_key_in(outer: Jws, old_key: PublicJwk) -> PublicJwk:
    """The new key that the payload of a verified request asks for. Raises AcmeProblem."""
    inner = parse_flattened(object_in(outer.payload, "its payload"))
    new_key = _key(inner)
    if "nonce" in inner.header or "kid" in inner.header:
        raise malformed("the protected header of a keyChange must have no nonce and no kid")
    if text_of(inner.header, "url") != outer.header.url:
        raise malformed("the url of the keyChange must be the url of the request")
    if not is_signed_by(new_key, inner.signed, inner.signature):
        raise malformed("the signature of the keyChange does not verify with its jwk")
    _check_change(object_in(inner.payload, "the keyChange"), outer.header.kid, old_key)
    return new_key


def _key(inner: Flattened) -> PublicJwk:
    algorithm = algorithm_in(inner.header, ALGORITHMS)
    key = checked_jwk(inner.header.get("jwk"))
    check_fits(algorithm, key)
    return key


def _check_change(change: Mapping[str, Any], account_url: str | None, old_key: PublicJwk) -> None:
    if account_url is None or change.get("account") != account_url:
        raise malformed("the account of the keyChange must be the kid of the request")
    if thumbprint(checked_jwk(change.get("oldKey"))) != thumbprint(old_key):
        raise malformed("the oldKey of the keyChange is not the key of the ACME account")
