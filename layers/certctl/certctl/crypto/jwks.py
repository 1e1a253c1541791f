"""JSON Web Keys (RFC 7517): members of public keys, and the thumbprint of RFC 7638."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from certctl.domain.base64url import to_base64url

MEMBERS: Mapping[str, tuple[str, ...]] = {"RSA": ("n", "e"), "EC": ("crv", "x", "y"), "OKP": ("crv", "x")}
"""Type of key -> the members that make it (RFC 7638 section 3.2, RFC 8037 section 2)."""
PRIVATE_MEMBERS = frozenset({"d", "p", "q", "dp", "dq", "qi", "oth", "k"})


def thumbprint(jwk: Mapping[str, Any]) -> str:
    """SHA-256 over the members that make the key, 43 characters. Other members do not count."""
    names = sorted(("kty", *MEMBERS[jwk["kty"]]))
    canonical = json.dumps({name: jwk[name] for name in names}, separators=(",", ":"))
    return to_base64url(hashlib.sha256(canonical.encode()).digest())
