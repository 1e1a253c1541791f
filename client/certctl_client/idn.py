"""Internationalized names: as people write them (U-labels), and as certificates contain them (A-labels)."""

import re

from certctl_client.errors import ConfigurationError

_KINDS = ("DNS:", "email:", "URI:", "IP:")
_A_LABEL = re.compile(r"xn--[a-z0-9-]+", re.IGNORECASE | re.ASCII)


def as_a_labels(name: str) -> str:
    """`DNS:*.münchen.example` -> `DNS:*.xn--mnchen-3ya.example`. ASCII, URIs and local parts of mail
    addresses stay as they are. Raises ConfigurationError for a domain that IDNA 2008 does not allow."""
    kind = next((each for each in _KINDS if name.startswith(each)), "")
    local, at, domain = name.removeprefix(kind).rpartition("@")
    if domain.isascii() or kind in ("URI:", "IP:") or "/" in domain:
        return name
    wildcard = "*." if domain.startswith("*.") else ""
    return f"{kind}{local}{at}{wildcard}{_encoded(domain.removeprefix(wildcard))}"


def with_unicode(name: str) -> str:
    """`xn--mnchen-3ya.example (münchen.example)`: both, because a look-alike shows only in A-labels."""
    plain = _A_LABEL.sub(lambda label: _decoded(label[0]), name)
    return name if plain == name else f"{name} ({plain})"


def _encoded(domain: str) -> str:
    import idna  # large tables, and few names need them

    try:
        return idna.encode(domain, uts46=True).decode()
    except UnicodeError as error:
        raise ConfigurationError(f"{domain} is not a valid domain name: {error}.", "") from None


def _decoded(label: str) -> str:
    import idna

    try:
        return idna.decode(label)
    except UnicodeError:
        return label
